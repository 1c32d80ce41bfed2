#!/usr/bin/env node
// Owns the way from the installed command to the built program.
require('../dist/main.js')

# Makes the sleep of Python as short as that of the shell: divided by SLEEP_SCALE.
import os
import time

_sleep = time.sleep
_scale = float(os.environ.get("SLEEP_SCALE", "50"))
time.sleep = lambda seconds: _sleep(seconds / _scale)

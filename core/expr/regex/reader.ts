// Owns where the reading of a pattern stands, and what its flags are there.

export interface Flags { readonly fold: boolean; readonly multiLine: boolean; readonly dotAll: boolean; readonly swapGreed: boolean }

export interface Reader { readonly source: string; at: number; flags: Flags; readonly names: string[]; depth: number }

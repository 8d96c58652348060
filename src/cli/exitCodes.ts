/** A command line that makes no sense (sysexits.h, EX_USAGE). */
export const USAGE_EXIT = 64;

@echo off
rem The hook client of Checkrein. Written by the extension; changes are overwritten.
rem Exit 0 lets the call through, exit 2 blocks it; every other end is turned into 2.
setlocal DisableDelayedExpansion
set "ELECTRON_RUN_AS_NODE=1"
set "NODE_OPTIONS="
@NODE@ @SCRIPT@ "%~1" --home @HOME@ --limit "%~2"
if %ERRORLEVEL% EQU 0 exit /b 0
if "%~3" EQU "report" exit /b 0
exit /b 2

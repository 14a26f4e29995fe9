# Test fixture only: turns the chdb library into one real ClickHouse node on loopback, by its command-line entry.
# Called from a thread of ordinary stack; the node lives until its standard input closes or it is killed.
import ctypes
import os
import sys
import threading

library, arguments = sys.argv[1], sys.argv[2:]


def run_node():
    engine = ctypes.CDLL(library)
    argv = [b"clickhouse"] + [argument.encode() for argument in arguments]
    engine.chdb_query_cmdline.restype = ctypes.c_void_p
    engine.chdb_result_error.restype = ctypes.c_char_p
    engine.chdb_result_error.argtypes = [ctypes.c_void_p]
    result = engine.chdb_query_cmdline(len(argv), (ctypes.c_char_p * (len(argv) + 1))(*argv, None))
    sys.stderr.write(str(engine.chdb_result_error(result)))
    sys.stderr.flush()
    os._exit(1)


threading.stack_size(64 * 1024 * 1024)
threading.Thread(target=run_node, daemon=True).start()
sys.stdin.read()
os._exit(0)

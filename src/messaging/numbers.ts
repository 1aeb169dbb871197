/**
 * Makes protobufjs read 64-bit integers as numbers. Everything in the schema fits 53 bits: byte counts, durations
 * of up to 104 days in nanoseconds, seconds of the clock. To be imported before the generated module.
 */
import protobuf from 'protobufjs/minimal.js';

(protobuf.util as { Long: unknown }).Long = undefined;
protobuf.configure();

// Writes the seeds of test/fuzz/corpus anew: `node scripts/fuzz/write-seeds.mjs`, after a target's layout has changed.
import './seeds/assignment.mjs';
import './seeds/engine.mjs';
import './seeds/event-stream.mjs';
import './seeds/grpc.mjs';
import './seeds/hpack.mjs';
import './seeds/http1.mjs';
import './seeds/http2.mjs';
import './seeds/pcap.mjs';
import './seeds/reassembly.mjs';
import './seeds/tls.mjs';
import './seeds/websocket.mjs';

package dev.reprise.ray.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.store.StorePlace;
import dev.reprise.cache.testing.Fuzzer;
import dev.reprise.executor.envelope.EnvelopeException;
import java.util.List;

/** Any bytes are a chunk's frame or its reply, packed as they came, or are refused in our words. */
final class ChunkFrameFuzzTest implements Fuzzer {
  @Override
  public List<byte[]> seeds() {
    StorePlace store = new StorePlace("/home/store", "blobs");
    byte[] chunk = {1, 2};
    return List.of(
        new ChunkFrame("task-1", store, 64, "/channel", "code", 5, 6, chunk).encode(),
        new ChunkReply(7, true, List.of(), List.of(8L, 9L)).encode());
  }

  @Override
  public void check(byte[] any) {
    try {
      byte[] again = ChunkFrame.decode(any).encode();
      assertThat(ChunkFrame.decode(again).encode()).isEqualTo(again);
    } catch (BadRecordException e) {
      // refused
    }
    try {
      ChunkReply reply = ChunkReply.decode(any);
      assertThat(ChunkReply.decode(reply.encode())).isEqualTo(reply);
    } catch (BadRecordException | EnvelopeException e) {
      // refused
    }
  }
}

package dev.reprise.ray.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Fuzzer;
import java.io.IOException;
import java.util.List;

/** Any bytes are a frame or a reply, or are refused in our words. */
final class FrameFuzzTest implements Fuzzer {
  @Override
  public List<byte[]> seeds() {
    return List.of(
        new Frame("/code", "0a1b", new byte[] {1, 2, 3}).encode(),
        Reply.done(new byte[] {4, 5}),
        Reply.failed(new IllegalStateException("no", new IOException("disk"))));
  }

  @Override
  public void check(byte[] any) {
    try {
      byte[] again = Frame.decode(any).encode();
      assertThat(Frame.decode(again).encode()).isEqualTo(again);
    } catch (IOException e) {
      // refused
    }
    try {
      Reply reply = Reply.decode(any);
      if (reply.failure() == null) {
        assertThat(Reply.done(reply.body())).isEqualTo(any);
      }
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("what a worker answered");
    }
  }
}

package dev.reprise.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Fuzzer;
import java.io.IOException;
import java.util.List;
import java.util.Random;

/** Any bytes are a table whose rows can be read, or are refused in our words. */
final class ArrowCodecFuzzTest implements Fuzzer {
  private final ArrowCodec codec = new ArrowCodec(RowOrder.ANY);

  @Override
  public List<byte[]> seeds() throws IOException {
    try (ArrowTable table = ArrowCodecTest.table(new Random(1), 3);
        ArrowTable none = ArrowCodecTest.table(new Random(1), 0)) {
      return List.of(ArrayPayload.of(codec, table).array(), ArrayPayload.of(codec, none).array());
    }
  }

  @Override
  public void check(byte[] any) {
    try (ArrowTable table = codec.decode(new ArrayPayload(any))) {
      table.forEachRow(row -> assertThat(row.toString()).isNotEmpty());
    } catch (IOException e) {
      assertThat(e).isInstanceOf(UndecodableException.class);
    }
  }
}

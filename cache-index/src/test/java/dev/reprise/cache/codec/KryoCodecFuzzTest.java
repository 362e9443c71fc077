package dev.reprise.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Fuzzer;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Any bytes are a value, or are refused in our words. */
final class KryoCodecFuzzTest implements Fuzzer {
  private final KryoCodec codec =
      new KryoCodec(RegisteredTypes.of(List.of(Pair.class, Colour.class)));

  private record Pair(int left, @Nullable Object right) {}

  private enum Colour {
    RED,
    GREEN
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("list", new ArrayList<>(List.of(1, "two", 3.0, 'c', true)));
    all.put("array", new Object[] {new int[] {1, 2, 3}, new long[2], new String[][] {{"x"}}});
    all.put("map", Map.of("a", List.of(), "b", Optional.of(5L)));
    List<byte[]> seeds = new ArrayList<>();
    for (Object value :
        List.of(
            all,
            new Pair(1, new Pair(2, Colour.GREEN)),
            new TreeSet<>(List.of(BigDecimal.ONE, BigDecimal.TEN)),
            List.of(Instant.EPOCH, BitSet.valueOf(new long[] {5})))) {
      seeds.add(ArrayPayload.of(codec, value).array());
    }
    return seeds;
  }

  @Override
  public void check(byte[] any) {
    try {
      codec.decode(new ArrayPayload(any));
    } catch (IOException e) {
      assertThat(e).isInstanceOf(UndecodableException.class);
    }
  }
}

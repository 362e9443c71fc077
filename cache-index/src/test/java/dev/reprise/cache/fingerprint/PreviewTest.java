package dev.reprise.cache.fingerprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PreviewTest {
  private record Point(int x, @Nullable Object y) {}

  private static final class Loud {
    @Override
    public String toString() {
      throw new IllegalStateException("never asked");
    }
  }

  static Stream<Arguments> previews() {
    return Stream.of(
        arguments(null, "null"),
        arguments(15, "15"),
        arguments("15", "\"15\""),
        arguments('x', "'x'"),
        arguments(0.1f, "0.1"),
        arguments(LocalDate.of(2001, 3, 1), "2001-03-01"),
        arguments(RoundingMode.UP, "UP"),
        arguments(List.of("a", 1), "[\"a\", 1]"),
        arguments(Set.of("b", "a", "c"), "{\"a\", \"b\", \"c\"}"),
        arguments(Map.of("b", 1, "a", 2), "{\"a\"=2, \"b\"=1}"),
        arguments(new Point(1, null), "Point(x=1, y=null)"),
        arguments(Optional.of("a"), "Optional(\"a\")"),
        arguments(Optional.empty(), "Optional()"),
        arguments(new int[] {1, 2}, "[1, 2]"),
        arguments(new byte[1000], "byte[1000]"),
        arguments(new Loud(), "Loud"),
        arguments(new StringBuilder("secret?"), "StringBuilder"),
        arguments(BigInteger.TWO.pow(10_000), "a number of 10001 bits"),
        arguments("a\n\t\u001b[31m", "\"a\\n\\t\\u001b[31m\""),
        arguments("a\u202eb", "\"a\\u202eb\""),
        arguments("\ud83d", "\"\\ud83d\""));
  }

  @ParameterizedTest
  @MethodSource("previews")
  void of_value_isShown(@Nullable Object value, String shown) {
    assertThat(Preview.of(value)).isEqualTo(shown);
  }

  @Test
  void of_longText_isCutAndNeverInsideACharacter() {
    for (int padding = 70; padding < 90; padding++) {
      String preview = Preview.of("x".repeat(padding) + "\ud83d\ude00".repeat(20));

      assertThat(preview).hasSizeLessThanOrEqualTo(Preview.LIMIT).endsWith("…");
      assertThat(preview.codePoints()).noneMatch(c -> Character.getType(c) == Character.SURROGATE);
    }
  }

  @Test
  void of_muchOrEndless_isCutWithoutReadingItAll() {
    List<Object> endless = new ArrayList<>();
    endless.add(endless);

    assertThat(Preview.of(endless)).isEqualTo("[[[[[[[[[…]]]]]]]]]");
    assertThat(Preview.of(new long[1 << 20])).hasSize(Preview.LIMIT).endsWith("…");
    assertThat(Preview.of(Map.copyOf(numbers(1000)))).isEqualTo("{1000 entries}");
    assertThat(Preview.of(numbers(1000).keySet())).isEqualTo("{1000 elements}");
  }

  /** Shown in full, three levels of 64 would take a quarter of a million. */
  @Test
  void of_setsAndMapsWithinEachOther_areCountedFurtherInside() {
    Map<Integer, Object> nested = new java.util.HashMap<>(numbers(64));
    for (int depth = 0; depth < 20; depth++) {
      Map<Integer, Object> around = new java.util.HashMap<>();
      for (int i = 0; i < 64; i++) {
        around.put(i, nested);
      }
      nested = around;
    }

    assertThat(Preview.of(nested)).startsWith("{0={64 entries}, 10={64 entries}, ");
    assertThat(Preview.of(Map.of(1, Map.of(2, Map.of(3, Map.of(4, 5))))))
        .isEqualTo("{1={2={3={1 entries}}}}");
  }

  private static Map<Integer, Integer> numbers(int count) {
    Map<Integer, Integer> numbers = new java.util.HashMap<>();
    for (int i = 0; i < count; i++) {
      numbers.put(i, i);
    }
    return numbers;
  }
}

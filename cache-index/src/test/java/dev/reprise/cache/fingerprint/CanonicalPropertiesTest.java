package dev.reprise.cache.fingerprint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.SeededTest;
import dev.reprise.cache.testing.Shows;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Values made at random, in two incarnations: equal ones have equal keys whatever they are held in,
 * and any two values have equal keys only if they are equal.
 */
class CanonicalPropertiesTest {
  private static final String[] TEXTS = {
    "", "a", "b", "ab", "\0", "\u00e9", "\ud83d", "\ud83d\ude00"
  };

  private final CanonicalEncoder encoder = CanonicalEncoder.plain();

  @SeededTest(seeds = 200)
  @Shows("Fault 66")
  void fingerprint_equalValuesInOtherCollections_areEqual(Random random) throws Exception {
    Object value = value(random, 4);

    assertThat(encoder.encode(remade(value, random))).isEqualTo(encoder.encode(value));
  }

  @SeededTest(seeds = 200)
  void fingerprint_anyTwoValues_areEqualOnlyIfTheValuesAre(Random random) throws Exception {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      values.add(value(random, 2));
    }
    for (Object one : values) {
      for (Object other : values) {
        boolean equal = one == null ? other == null : one.equals(other);
        assertThat(encoder.fingerprint(one).equals(encoder.fingerprint(other)))
            .as("%s and %s", one, other)
            .isEqualTo(equal);
      }
    }
  }

  private static @Nullable Object value(Random random, int depth) {
    int kinds = depth == 0 ? 6 : 9;
    int size = random.nextInt(4);
    return switch (random.nextInt(kinds)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextInt(3);
      case 3 -> (long) random.nextInt(3);
      case 4 -> random.nextInt(3) / 2.0;
      case 5 -> TEXTS[random.nextInt(TEXTS.length)];
      case 6 -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = 0; i < size; i++) {
          list.add(value(random, depth - 1));
        }
        yield list;
      }
      case 7 -> {
        Set<@Nullable Object> set = new HashSet<>();
        for (int i = 0; i < size; i++) {
          set.add(value(random, depth - 1));
        }
        yield set;
      }
      default -> {
        Map<@Nullable Object, @Nullable Object> map = new HashMap<>();
        for (int i = 0; i < size; i++) {
          map.put(value(random, depth - 1), value(random, depth - 1));
        }
        yield map;
      }
    };
  }

  /** The same value out of other collections, filled in another order. */
  private static @Nullable Object remade(@Nullable Object value, Random random) {
    if (value instanceof List<?> list) {
      List<@Nullable Object> remade = random.nextBoolean() ? new LinkedList<>() : new ArrayList<>();
      list.forEach(each -> remade.add(remade(each, random)));
      return Collections.unmodifiableList(remade);
    }
    if (value instanceof Set<?> set) {
      List<@Nullable Object> shuffled = new ArrayList<>(set);
      Collections.shuffle(shuffled, random);
      Set<@Nullable Object> remade = new HashSet<>(1 << random.nextInt(10));
      shuffled.forEach(each -> remade.add(remade(each, random)));
      return random.nextBoolean() ? Collections.unmodifiableSet(remade) : remade;
    }
    if (value instanceof Map<?, ?> map) {
      List<@Nullable Object> shuffled = new ArrayList<>(map.keySet());
      Collections.shuffle(shuffled, random);
      Map<@Nullable Object, @Nullable Object> remade = new HashMap<>(1 << random.nextInt(10));
      shuffled.forEach(key -> remade.put(remade(key, random), remade(map.get(key), random)));
      return random.nextBoolean() ? Collections.unmodifiableMap(remade) : remade;
    }
    return value;
  }
}

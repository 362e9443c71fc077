package dev.reprise.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.GoldenValues;
import java.io.IOException;
import java.io.OutputStream;
import java.math.RoundingMode;
import java.nio.charset.Charset;
import java.time.DayOfWeek;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KryoCodecTest {
  private enum Color {
    RED,
    GREEN {
      @Override
      boolean isNice() {
        return true;
      }
    };

    boolean isNice() {
      return false;
    }
  }

  private sealed interface Shape permits Circle, Square {}

  private record Circle(double radius, Color color) implements Shape {}

  private record Square(int side, List<? extends Shape> inside) implements Shape {}

  private static class Base {
    private final String name;

    Base(String name) {
      this.name = name;
    }
  }

  /** A plain class without a constructor that could be called without arguments. */
  private static final class Model extends Base {
    private final double[] weights;
    private final transient Object cache = new Object();

    Model(String name, double... weights) {
      super(name);
      this.weights = weights;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Model that
          && ((Base) this).name.equals(((Base) that).name)
          && Arrays.equals(weights, that.weights);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(weights);
    }
  }

  private record Everything(Shape shape, Model model, Color @Nullable [] colors) {}

  private final KryoCodec codec =
      new KryoCodec(
          RegisteredTypes.of(
              Everything.class,
              GoldenValues.Config.class,
              GoldenValues.Settings.class,
              GoldenValues.Shape.class,
              GoldenValues.Empty.class,
              RoundingMode.class,
              DayOfWeek.class));

  static Stream<Object> values() {
    Map<@Nullable String, @Nullable Object> nulls = new HashMap<>();
    nulls.put(null, null);
    nulls.put("a", 1);
    Map<String, Integer> backwards = new LinkedHashMap<>();
    backwards.put("b", 1);
    backwards.put("a", 2);
    return Stream.of(
        new ArrayList<>(Arrays.asList(1, null, "x")),
        new LinkedList<>(List.of(1, 2)),
        new CopyOnWriteArrayList<>(List.of(1)),
        new HashSet<>(List.of("a", "b")),
        new LinkedHashSet<>(List.of("b", "a")),
        new TreeSet<>(List.of("b", "a")),
        nulls,
        backwards,
        new TreeMap<>(backwards),
        new ConcurrentHashMap<>(backwards),
        new ConcurrentSkipListMap<>(backwards),
        EnumSet.of(Color.GREEN),
        EnumSet.noneOf(Color.class),
        new EnumMap<>(Map.of(Color.RED, 1)),
        new EnumMap<Color, String>(Color.class),
        Set.of(Color.RED, Color.GREEN),
        Map.of(Color.RED, List.of(1), Color.GREEN, List.of()),
        Map.entry("a", 1),
        Optional.of(Color.RED),
        List.of(),
        Collections.singletonList(null),
        Collections.singleton(null),
        Collections.singletonMap(null, null),
        Collections.nCopies(3, "x"),
        Arrays.asList("a", null),
        Stream.of("a", null).toList(),
        List.of(1, 2, 3).subList(1, 3),
        new ArrayList<>(List.of(1, 2, 3)).subList(0, 2),
        Collections.unmodifiableList(new ArrayList<>(List.of(1))),
        Collections.unmodifiableMap(backwards),
        Collections.unmodifiableSet(new HashSet<>(Set.of(1))),
        Collections.unmodifiableSortedMap(new TreeMap<>(backwards)),
        Collections.unmodifiableNavigableSet(new TreeSet<>(Set.of(1))),
        Collections.synchronizedList(new ArrayList<>(List.of(1))),
        Collections.synchronizedMap(new HashMap<>(Map.of(1, 2))),
        Color.RED,
        Color.GREEN,
        Color.class,
        int[].class,
        String[][].class,
        Locale.forLanguageTag("zh-Hans-CN"),
        new Locale("no", "NO", "NY"),
        new Circle(0.5, Color.GREEN),
        new Square(1, List.of(new Square(2, List.of()), new Circle(1, Color.RED))),
        new Model("m", 0.5, 1.5),
        new Everything(new Circle(1, Color.RED), new Model("m"), new Color[] {Color.RED, null}));
  }

  @ParameterizedTest
  @MethodSource("values")
  void decode_whatWasEncoded_isEqual(Object value) throws Exception {
    Object back = roundTrip(value);

    if (value instanceof Everything everything) {
      assertThat(back)
          .usingRecursiveComparison()
          .ignoringFields("model.cache")
          .isEqualTo(everything);
    } else {
      assertThat(back).isEqualTo(value);
    }
  }

  /** All that can be in a key can be in a result. */
  @Test
  void decode_goldenValues_areEqual() throws Exception {
    for (Map.Entry<String, @Nullable Object> golden : GoldenValues.all().entrySet()) {
      Object value = golden.getValue();
      if (value instanceof Fingerprint) {
        continue; // ours, not a user's
      }
      Object back = roundTrip(value);
      if (value instanceof Pattern pattern) {
        assertThat(back).asString().isEqualTo(pattern.pattern());
      } else if (value instanceof ArrayDeque<?> deque) {
        assertThat(((ArrayDeque<?>) back).toArray()).isEqualTo(deque.toArray());
      } else if (value instanceof GoldenValues.Config config) {
        assertThat(back).usingRecursiveComparison().isEqualTo(config);
      } else {
        assertThat(Objects.deepEquals(back, value))
            .as("%s: %s and %s", golden.getKey(), back, value)
            .isTrue();
      }
    }
  }

  @Test
  void decode_collections_areOfTheSameOrAnAlikeClass() throws Exception {
    assertThat(roundTrip(new LinkedHashMap<>(Map.of(1, 1))))
        .isExactlyInstanceOf(LinkedHashMap.class);
    assertThat(roundTrip(new TreeSet<>(Set.of(1)))).isExactlyInstanceOf(TreeSet.class);
    assertThat(roundTrip(new EnumMap<>(Map.of(Color.RED, 1)))).isExactlyInstanceOf(EnumMap.class);
    assertThat(roundTrip(List.of(1))).isInstanceOf(List.of(1, 2, 3).getClass());
    assertThat(roundTrip(new ArrayList<>(List.of(1, 2)).subList(0, 1)))
        .isExactlyInstanceOf(ArrayList.class);
    assertThat(roundTrip(Set.of(1, 2, 3)).getClass()).isEqualTo(Set.of(1, 2, 3).getClass());
    assertThat(roundTrip(Charset.forName("ISO-8859-2"))).isEqualTo(Charset.forName("ISO-8859-2"));
  }

  /** What a task put in order comes back in order: a cached result is what the execution stored. */
  @Test
  void decode_orderOfLinkedMaps_isKept_insideUnmodifiableOnesToo() throws Exception {
    Map<String, Integer> map = new LinkedHashMap<>();
    for (String key : List.of("z", "a", "m", "b")) {
      map.put(key, map.size());
    }

    assertThat(((Map<?, ?>) roundTrip(map)).keySet().toArray()).containsExactly("z", "a", "m", "b");
    Map<?, ?> unmodifiable = (Map<?, ?>) roundTrip(Collections.unmodifiableMap(map));
    assertThat(unmodifiable.keySet().toArray()).containsExactly("z", "a", "m", "b");
    assertThatThrownBy(unmodifiable::clear).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void decode_mutableHolders_holdTheSame() throws Exception {
    assertThat(((AtomicLong) roundTrip(new AtomicLong(5))).get()).isEqualTo(5);
    assertThat(((AtomicReference<?>) roundTrip(new AtomicReference<>("a"))).get()).isEqualTo("a");
    assertThat(roundTrip(new StringBuilder("abc")).toString()).isEqualTo("abc");
  }

  /** Fault 64. */
  @Test
  void encode_null_isAResult() throws Exception {
    assertThat(ArrayPayload.of(codec, null).array()).hasSize(1);
    assertThat(roundTrip(null)).isNull();
  }

  @Test
  void decode_plainClassWithoutConstructor_hasItsFieldsAndNoTransientOnes() throws Exception {
    Model back = (Model) roundTrip(new Model("m", 1, 2));

    assertThat(((Base) back).name).isEqualTo("m");
    assertThat(back.weights).containsExactly(1, 2);
    assertThat(back.cache).isNull();
  }

  /** Sharing is not part of what a value means, and must not be in its digest. */
  @Test
  void content_onePartUsedTwiceOrTwoEqualParts_isTheSame() throws Exception {
    String text = "shared";
    List<Object> shared = List.of(text, text, new Circle(1, Color.RED));
    List<Object> copied =
        List.of(new String("shared"), new String("shared"), new Circle(1, Color.RED));

    assertThat(content(shared)).isEqualTo(content(copied));
  }

  @Test
  void content_mapsFilledInAnyOrder_isTheSame() throws Exception {
    Map<Object, Object> one = new HashMap<>();
    Map<Object, Object> other = new HashMap<>(1 << 12);
    for (int i = 0; i < 100; i++) {
      one.put("k" + i, Set.of(i, i + 1, new Circle(i, Color.RED)));
      other.put("k" + (99 - i), Set.of(99 - i, 100 - i, new Circle(99 - i, Color.RED)));
    }

    assertThat(content(one)).isEqualTo(content(other));
  }

  /** What else is registered is not in the bytes: they hold names, not numbers. */
  @Test
  void content_withOtherClassesRegistered_isTheSame() throws Exception {
    Circle circle = new Circle(1, Color.RED);
    KryoCodec fewer = new KryoCodec(RegisteredTypes.of(Circle.class));

    assertThat(fewer.encode(circle, OutputStream.nullOutputStream()).content())
        .isEqualTo(content(circle));
  }

  @Test
  void content_differentValues_differ() throws Exception {
    List<Object> values =
        List.of(
            1,
            1L,
            "1",
            1.0,
            List.of(1),
            Set.of(1),
            new int[] {1},
            new Integer[] {1},
            Optional.of(1),
            new Circle(1, Color.RED),
            new Circle(1, Color.GREEN));
    List<Fingerprint> contents = new ArrayList<>();
    for (Object value : values) {
      contents.add(content(value));
    }

    assertThat(contents).doesNotHaveDuplicates();
  }

  @Test
  void encode_manyThreads_doNotDisturbEachOther() throws Exception {
    List<Object> values = values().toList();
    List<Fingerprint> expected = new ArrayList<>();
    for (Object value : values) {
      expected.add(content(value));
    }

    java.util.stream.IntStream.range(0, 2000)
        .parallel()
        .forEach(
            i -> {
              int which = i % values.size();
              try {
                assertThat(content(values.get(which))).isEqualTo(expected.get(which));
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
  }

  private Fingerprint content(Object value) throws IOException {
    return codec.encode(value, OutputStream.nullOutputStream()).content();
  }

  private Object roundTrip(@Nullable Object value) throws IOException {
    return codec.decode(ArrayPayload.of(codec, value));
  }

  private record Tree(int depth, Set<Tree> children) {}

  /**
   * Elements are written apart to be sorted; if all within was, too, each level would double it.
   */
  @Test
  @Timeout(20)
  void encode_setsAndKeysNestedDeep_takesNoTimeToSpeakOf() throws Exception {
    Tree tree = new Tree(0, Set.of());
    Object key = "leaf";
    for (int i = 1; i < 200; i++) {
      tree = new Tree(i, new HashSet<>(Set.of(tree)));
      key = new HashMap<>(Map.of(key, i));
    }
    KryoCodec trees = new KryoCodec(RegisteredTypes.of(Tree.class));

    assertThat(((Tree) trees.decode(ArrayPayload.of(trees, tree))).depth()).isEqualTo(199);
    assertThat(trees.decode(ArrayPayload.of(trees, key))).isInstanceOf(HashMap.class);
  }
}

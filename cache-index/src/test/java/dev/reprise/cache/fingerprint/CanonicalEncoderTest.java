package dev.reprise.cache.fingerprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reprise.cache.testing.Shows;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.WeakHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What has a canonical form is listed in {@link GoldenValues}; here is what has none, and why. */
class CanonicalEncoderTest {
  private final CanonicalEncoder encoder = CanonicalEncoder.plain();

  private record Holder(@Nullable Object part) {}

  private record Masked(String secret) {
    @Override
    public String secret() {
      return "***";
    }
  }

  private record Throwing(int x) {
    public int x() {
      throw new IllegalStateException("no x today");
    }
  }

  private static final class Plain {}

  private record Inner(int x) {}

  private enum Sign {
    PLUS,
    MINUS {}
  }

  @ParameterizedTest
  @MethodSource
  void fingerprint_classesOfAUser_areMetWhereverTheyAre(Object value, Set<Class<?>> expected)
      throws Exception {
    MetClasses met = new MetClasses();

    assertThat(encoder.fingerprint(value, met)).isEqualTo(encoder.fingerprint(value));

    assertThat(met.instances()).isEqualTo(expected);
    assertThat(met.handedOn()).isEmpty();
  }

  static List<Arguments> fingerprint_classesOfAUser_areMetWhereverTheyAre() {
    Inner inner = new Inner(1);
    Set<Class<?>> one = Set.of(Inner.class);
    return List.of(
        Arguments.of(inner, one),
        Arguments.of(List.of("a", inner), one),
        Arguments.of(Set.of(inner), one),
        Arguments.of(Map.of(inner, 1), one),
        Arguments.of(Map.of("a", List.of(Optional.of(inner))), one),
        Arguments.of(new Object[] {1, inner}, one),
        Arguments.of(new ArrayDeque<>(List.of(inner)), one),
        Arguments.of(Map.entry("a", inner), one),
        Arguments.of(new Holder(inner), Set.of(Holder.class, Inner.class)),
        Arguments.of(List.of(Sign.PLUS, Sign.MINUS), Set.of(Sign.class, Sign.MINUS.getClass())),
        Arguments.of(List.of("a", 1, 2.5, LocalDateTime.MIN), Set.of()));
  }

  @Test
  void fingerprint_classAsValue_isHandedOn() throws Exception {
    MetClasses met = new MetClasses();
    encoder.fingerprint(List.of(Map.of("as", new Holder(Inner.class))), met);
    assertThat(met.handedOn()).containsExactly(Inner.class);
    assertThat(met.instances()).containsExactly(Holder.class);
  }

  @Test
  void fingerprint_plainClassDeepInside_isRefusedWithPathAndAdvice() {
    Object value = new Holder(List.of(1, 2, Map.of("a", new Holder(new Plain()))));

    NoCanonicalFormException refusal = refusal(value);

    assertThat(refusal.path()).isEqualTo(".part[2][\"a\"].part");
    assertThat(refusal.why()).contains("CanonicalEncoderTest$Plain").contains("make it a record");
  }

  @Test
  void fingerprint_plainClassAsKeyOfAMap_isRefusedWithPath() {
    assertThat(refusal(Map.of(new Plain(), 1)).path()).isEqualTo("[key Plain]");
    assertThat(refusal(Set.of(new Plain())).path()).isEqualTo("{Plain}");
  }

  static List<Object> valuesWithoutForm() {
    Map<String, Integer> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    Set<String> reversed = new TreeSet<>(Collections.reverseOrder());
    Serializable lambda = (Runnable & Serializable) () -> {};
    return List.of(
        new Object(),
        new Plain(),
        new AtomicInteger(),
        new StringBuilder("a"),
        new RuntimeException("x"),
        Path.of("a"),
        new java.io.File("a"),
        new Properties(),
        new IdentityHashMap<>(),
        new HashMap<>(Map.of("a", 1)).values(),
        sorted,
        reversed,
        lambda,
        List.of(1).stream(),
        Thread.currentThread());
  }

  /** Fault 70: nothing enters a key by its {@code toString} or its identity. */
  @ParameterizedTest
  @MethodSource("valuesWithoutForm")
  @Shows("Fault 70")
  void fingerprint_valueWithoutForm_isRefused(Object value) {
    assertThat(refusal(value).path()).isEmpty();
    assertThat(refusal(List.of(value)).path()).isEqualTo("[0]");
  }

  @Test
  void fingerprint_path_isRefusedWithBothWaysOut() {
    assertThat(refusal(Path.of("a")).why()).contains("file input").contains("as text");
  }

  @Test
  void fingerprint_valueThatContainsItself_isRefusedAndTheStackIsSafe() {
    List<Object> list = new ArrayList<>();
    list.add(new Holder(list));

    assertThat(refusal(list).getMessage())
        .isEqualTo("[0].part: contains itself: a cycle has no canonical form");
  }

  @Test
  void fingerprint_valueUsedTwice_isNoCycle() throws Exception {
    List<Integer> shared = List.of(1);

    assertThat(encoder.fingerprint(List.of(shared, shared)))
        .isEqualTo(encoder.fingerprint(List.of(List.of(1), List.of(1))));
  }

  @Test
  void fingerprint_nestedToTheLimit_isTaken_oneDeeperIsRefused() throws Exception {
    Object nested = nested(CanonicalWalk.MAX_DEPTH - 1);

    assertThat(encoder.fingerprint(nested)).isNotNull();
    assertThat(refusal(List.of(nested)).why()).contains("500 levels");
    assertThat(refusal(nested(100_000)).why()).contains("500 levels");
  }

  /** What an accessor tells is the user's code, which is in the key; what it hides is a value. */
  @Test
  void fingerprint_accessorTellsSomethingElse_goesByTheFields() throws Exception {
    assertThat(encoder.fingerprint(new Masked("a")))
        .isEqualTo(encoder.fingerprint(new Masked("a")));
    assertThat(encoder.fingerprint(new Masked("a")))
        .isNotEqualTo(encoder.fingerprint(new Masked("b")));
    assertThat(encoder.fingerprint(List.of(new Throwing(1))))
        .isNotEqualTo(encoder.fingerprint(List.of(new Throwing(2))));
  }

  @Test
  void fingerprint_moreThanTheLimit_isRefused() {
    byte[] much = new byte[CanonicalBudget.BYTES / 2];

    assertThat(refusal(List.of(much, much)).getMessage())
        .startsWith("[1]: takes more than 256 MiB");
  }

  /** What is written apart to be sorted is in memory all at once. */
  @Test
  void fingerprint_partsOfAMapMoreThanTheLimitTogether_isRefused() {
    byte[] much = new byte[CanonicalBudget.BYTES / 8];
    Map<Integer, byte[]> map = new HashMap<>();
    for (int i = 0; i < 8; i++) {
      map.put(i, much);
    }

    assertThat(refusal(map).getMessage()).startsWith("[7]: takes more than 256 MiB");
  }

  /** An offset that is not one of the JDK's shared objects is printed twice by toString. */
  @Test
  void fingerprint_offsetAsZone_isTheSameWhicheverObjectItIs() throws Exception {
    LocalDateTime time = LocalDateTime.of(1900, 1, 1, 0, 0);
    ZoneOffset one = ZoneOffset.ofTotalSeconds(561);
    ZoneOffset other = ZoneOffset.ofTotalSeconds(561);
    ZonedDateTime same = ZonedDateTime.ofInstant(time, one, other);

    assertThat(same).isEqualTo(ZonedDateTime.of(time, one));
    assertThat(encoder.fingerprint(same))
        .isEqualTo(encoder.fingerprint(ZonedDateTime.of(time, one)));
  }

  @Test
  void encode_equalTextInDifferentPlaces_doesNotRunTogether() throws Exception {
    assertThat(encoder.encode(List.of("a", "bc"))).isNotEqualTo(encoder.encode(List.of("ab", "c")));
    assertThat(encoder.encode(List.of(List.of(), List.of())))
        .isNotEqualTo(encoder.encode(List.of(List.of(List.of()))));
  }

  @Test
  void fingerprint_setWhoseElementsCollideInHashOrder_isTheSame() throws Exception {
    Set<String> one = new HashSet<>(List.of("Aa", "BB", "AaAa", "BBBB", "AaBB", "BBAa"));
    Set<String> other = new HashSet<>(256);
    for (String each : List.of("BBAa", "AaBB", "BBBB", "AaAa", "BB", "Aa")) {
      other.add(each);
    }

    assertThat(encoder.fingerprint(one)).isEqualTo(encoder.fingerprint(other));
  }

  @Test
  void withText_typeInsideListsAndMaps_isAskedEverywhere() throws Exception {
    CanonicalEncoder byName =
        encoder.withFunctions(HashFunctions.NONE.withText(Plain.class, plain -> "plain"));

    assertThat(byName.fingerprint(Map.of("k", List.of(new Plain()))))
        .isEqualTo(byName.fingerprint(Map.of("k", List.of(new Plain()))))
        .isNotEqualTo(byName.fingerprint(Map.of("k", List.of("plain"))));
  }

  @Test
  void withText_functionForAnInterface_speaksForImplementations() throws Exception {
    HashFunctions functions =
        HashFunctions.NONE
            .withText(Path.class, Path::toString)
            .withBytes(StringBuilder.class, text -> new byte[] {(byte) text.length()});
    CanonicalEncoder encoder = this.encoder.withFunctions(functions);

    assertThat(encoder.fingerprint(Path.of("a"))).isEqualTo(encoder.fingerprint(Path.of("a")));
    assertThat(encoder.fingerprint(new StringBuilder("xy")))
        .isEqualTo(encoder.fingerprint(new StringBuilder("ab")));
  }

  @Test
  void withText_functionFailsOrReturnsNull_thereIsNoKey() {
    HashFunctions functions =
        HashFunctions.NONE
            .withText(
                Plain.class,
                plain -> {
                  throw new IllegalStateException("boom");
                })
            .withText(Integer.class, number -> null);
    CanonicalEncoder encoder = this.encoder.withFunctions(functions);

    assertThatThrownBy(() -> encoder.fingerprint(List.of(new Plain())))
        .isInstanceOf(NoCanonicalFormException.class)
        .hasMessageContaining("[0]: the hash function for")
        .hasMessageContaining("boom");
    assertThatThrownBy(() -> encoder.fingerprint(1)).hasMessageContaining("returned null");
  }

  @Test
  void withText_twoForOneType_isRefused() {
    HashFunctions one = HashFunctions.NONE.withText(Plain.class, plain -> "1");

    assertThatThrownBy(() -> one.withText(Plain.class, plain -> "2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two hash functions");
  }

  @Test
  void fingerprint_whatPromisesAnOrderInAnotherOrder_differs() throws Exception {
    Map<String, Integer> forth = new LinkedHashMap<>();
    forth.put("a", 1);
    forth.put("b", 2);
    Map<String, Integer> back = new LinkedHashMap<>();
    back.put("b", 2);
    back.put("a", 1);

    assertDiffer(forth, back);
    assertDiffer(forth, new HashMap<>(forth));
    assertDiffer(Collections.unmodifiableMap(forth), Collections.unmodifiableMap(back));
    assertDiffer(forth.keySet(), back.keySet());
    assertDiffer(new LinkedHashSet<>(forth.keySet()), new LinkedHashSet<>(back.keySet()));
    assertDiffer(
        new CopyOnWriteArraySet<>(forth.keySet()), new CopyOnWriteArraySet<>(back.keySet()));
    assertDiffer(new TreeMap<>(forth), new HashMap<>(forth));
    assertDiffer(new TreeSet<>(forth.keySet()), new HashSet<>(forth.keySet()));
    assertThat(encoder.fingerprint(new TreeMap<>(forth)))
        .isEqualTo(encoder.fingerprint(Collections.unmodifiableSortedMap(new TreeMap<>(back))));
    assertThat(encoder.fingerprint(new HashMap<>(forth)))
        .isEqualTo(encoder.fingerprint(Collections.unmodifiableMap(new HashMap<>(back))));
    assertThat(encoder.fingerprint(new HashSet<>(forth.keySet())))
        .isEqualTo(encoder.fingerprint(Set.of("a", "b")))
        .isEqualTo(encoder.fingerprint(new HashMap<>(back).keySet()));
  }

  private void assertDiffer(Object one, Object other) throws NoCanonicalFormException {
    assertThat(encoder.fingerprint(one)).isNotEqualTo(encoder.fingerprint(other));
  }

  /** A map that is more than its entries. */
  static final class Config extends HashMap<String, Integer> {
    private static final long serialVersionUID = 1L;
    int retries = 3;
  }

  static final class Names extends ArrayList<String> {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void fingerprint_collectionThatIsNotOfTheJdk_isRefusedWithTheWayOut() {
    assertThat(refusal(List.of(new Config())).getMessage())
        .isEqualTo(
            "[0]: "
                + Config.class.getName()
                + " is no collection of the JDK's and may hold more than its elements; copy it into"
                + " one, or make it a record");
    assertThat(refusal(new Names()).why()).startsWith(Names.class.getName());
    assertThat(refusal(Collections.unmodifiableMap(new Config())).why()).contains("is not known");
    assertThat(refusal(new WeakHashMap<>()).why()).contains("copy it into a HashMap");
  }

  private static Object nested(int levels) {
    Object value = List.of();
    for (int i = 0; i < levels; i++) {
      value = List.of(value);
    }
    return value;
  }

  private NoCanonicalFormException refusal(Object value) {
    NoCanonicalFormException refusal =
        catchThrowableOfType(NoCanonicalFormException.class, () -> encoder.fingerprint(value));
    assertThat(refusal).as("refusal of %s", value.getClass()).isNotNull();
    return refusal;
  }
}

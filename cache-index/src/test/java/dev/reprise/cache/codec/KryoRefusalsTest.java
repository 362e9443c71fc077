package dev.reprise.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.fingerprint.Secret;
import dev.reprise.cache.testing.Shows;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot be kept is refused with where it is, why, and the way out. */
class KryoRefusalsTest {
  private record Known(@Nullable Object part) {}

  private record Unknown(int x) {}

  private static final class Grown extends HashMap<String, String> {
    private static final long serialVersionUID = 1L;
  }

  /** Fields that hold all of it are transient in these; no --add-opens is needed to see none. */
  private static final class Tags extends HashSet<String> {
    private static final long serialVersionUID = 1L;
  }

  private static final class Queued extends LinkedList<String> {
    private static final long serialVersionUID = 1L;
  }

  private static final class Shared extends ConcurrentHashMap<String, String> {
    private static final long serialVersionUID = 1L;
  }

  @SuppressWarnings("JavaUtilDate")
  private static final class Day extends Date {
    private static final long serialVersionUID = 1L;
  }

  private static class Hooked implements Serializable {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("UnusedVariable")
    private transient int size = 1;

    private void writeObject(ObjectOutputStream out) throws IOException {
      out.writeInt(size);
    }
  }

  private static final class HookedBelow extends Hooked {
    private static final long serialVersionUID = 1L;
  }

  private static final class External implements Externalizable {
    private static final long serialVersionUID = 1L;

    @Override
    public void writeExternal(ObjectOutput out) {}

    @Override
    public void readExternal(ObjectInput in) {}
  }

  /** All that it holds is its own, and its method is not for Java serialisation. */
  private static final class Pair extends AbstractList<String> {
    private String first = "";
    private String second = "";

    @SuppressWarnings("UnusedMethod")
    private void writeObject(Appendable to) throws IOException {
      to.append(first);
    }

    @Override
    public String get(int i) {
      return i == 0 ? first : second;
    }

    @Override
    public int size() {
      return 2;
    }
  }

  private final KryoCodec codec =
      new KryoCodec(
          RegisteredTypes.of(Known.class)
              .with(Grown.class)
              .with(Tags.class)
              .with(Queued.class)
              .with(Shared.class)
              .with(Day.class)
              .with(Hooked.class)
              .with(HookedBelow.class)
              .with(External.class)
              .with(Pair.class));

  static List<Arguments> refusals() {
    SortedMap<String, Integer> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    Set<String> reversed = new TreeSet<>(Collections.reverseOrder());
    Runnable lambda = () -> {};
    return List.of(
        Arguments.of(new Unknown(1), "KryoRefusalsTest$Unknown is not registered"),
        Arguments.of(new Unknown(1), ".register(Unknown.class)"),
        Arguments.of(new Unknown[] {}, "is not registered"),
        Arguments.of(Unknown.class, "is not registered"),
        Arguments.of(Secret.of("x"), "a Secret must not be in a result"),
        Arguments.of(Path.of("x"), "a file cannot be inside an object"),
        Arguments.of(lambda, "a lambda or method reference cannot be kept"),
        Arguments.of(new RuntimeException("x"), "exceptions cannot be kept"),
        Arguments.of(sorted, "a TreeMap sorted by a comparator cannot be kept"),
        Arguments.of(reversed, "a TreeSet sorted by a comparator cannot be kept"),
        Arguments.of(Collections.unmodifiableSortedMap(new TreeMap<>(sorted)), "comparator"),
        Arguments.of(new IdentityHashMap<>(), "java.util.IdentityHashMap cannot be kept; copy"),
        Arguments.of(new PriorityQueue<>(List.of(1)), "java.util.PriorityQueue cannot be kept"),
        Arguments.of(new HashMap<>(Map.of(1, 1)).keySet(), "cannot be kept; copy"),
        Arguments.of(new Object(), "java.lang.Object cannot be kept"),
        Arguments.of(Thread.currentThread(), "java.lang.Thread cannot be kept"),
        Arguments.of(new Grown(), "$Grown extends java.util.HashMap, so its fields may not be all"),
        Arguments.of(new Tags(), "$Tags extends java.util.HashSet, so"),
        Arguments.of(new Queued(), "$Queued extends java.util.LinkedList, so"),
        Arguments.of(new Shared(), "$Shared extends java.util.concurrent.ConcurrentHashMap, so"),
        Arguments.of(new Day(), "$Day extends java.util.Date, so"),
        Arguments.of(new Hooked(), "has the method " + Hooked.class.getName() + "#writeObject, so"),
        Arguments.of(
            new HookedBelow(), "the method " + Hooked.class.getName() + "#writeObject, so"),
        Arguments.of(new External(), "$External is Externalizable, so"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void encode_whatCannotBeKept_isRefusedWithPathAndWayOut(Object value, String why) {
    assertThatThrownBy(() -> encode(value))
        .isInstanceOf(NoCodecException.class)
        .hasMessageContaining(why);
    assertThatThrownBy(() -> encode(new Known(List.of("a", Map.of("k", new Known(value))))))
        .isInstanceOf(NoCodecException.class)
        .hasMessageStartingWith(".part[1][\"k\"].part: ")
        .hasMessageContaining(why);
  }

  @Test
  void encode_extendsAClassOfTheJdkThatHoldsNothing_comesBack() throws Exception {
    Pair pair = new Pair();
    pair.first = "a";
    pair.second = "b";

    assertThat(codec.decode(ArrayPayload.of(codec, pair))).isEqualTo(List.of("a", "b"));
  }

  @Test
  void encode_refusedInsideSetsAndKeys_isRefusedWithPath() {
    assertThatThrownBy(() -> encode(Set.of(new Unknown(1))))
        .hasMessageStartingWith("{Unknown(x=1)}: ");
    assertThatThrownBy(() -> encode(Map.of(new Unknown(1), 1)))
        .hasMessageStartingWith("[Unknown(x=1)].key: ");
    assertThatThrownBy(() -> encode(new TreeMap<>(Map.of("a", new Unknown(1)))))
        .hasMessageStartingWith("[\"a\"]: ");
    assertThatThrownBy(() -> encode(new Object[] {1, new Unknown(1)}))
        .hasMessageStartingWith("[1]: ");
  }

  @Test
  void encode_valueThatContainsItself_isRefusedAndTheStackIsSafe() {
    List<Object> list = new ArrayList<>();
    list.add(new Known(list));

    assertThatThrownBy(() -> encode(list))
        .isInstanceOf(NoCodecException.class)
        .hasMessage("[0].part: contains itself; a result must be a tree of values");
  }

  @Test
  void encode_nestedTooDeep_isRefused_atTheLimitItComesBack() throws Exception {
    Object nested = "leaf";
    for (int i = 0; i < ObjectGraph.MAX_DEPTH; i++) {
      nested = new Known(nested);
    }
    Object deepest = nested;

    assertThat(codec.decode(ArrayPayload.of(codec, deepest))).isEqualTo(deepest);
    assertThatThrownBy(() -> encode(new Known(deepest)))
        .isInstanceOf(NoCodecException.class)
        .hasMessageEndingWith("is nested more than 500 levels deep");
  }

  /** Written as it comes, or apart first, to be sorted. */
  @Test
  @Shows("Fault 45")
  void encode_largerThanTheLimit_isRefusedBeforeMoreIsHeld_belowItComesBack() throws Exception {
    KryoCodec small = new KryoCodec(RegisteredTypes.NONE, 1 << 20);
    byte[] half = new byte[1 << 19];
    String why =
        "takes more than 1 MiB, which is the most for one object; return it in partitions, or as a"
            + " table or a file";

    assertThatThrownBy(() -> ArrayPayload.of(small, List.of(half, half)))
        .isInstanceOf(NoCodecException.class)
        .hasMessage(why);
    assertThatThrownBy(() -> ArrayPayload.of(small, Set.of(List.of(half, half))))
        .isInstanceOf(NoCodecException.class)
        .hasMessageStartingWith("{[")
        .hasMessageEndingWith(": " + why);
    assertThatThrownBy(() -> ArrayPayload.of(small, Map.of("k", List.of(half, half))))
        .isInstanceOf(NoCodecException.class)
        .hasMessage(why);
    List<String> below = List.of("x".repeat(1 << 19), "y".repeat(1 << 18));
    assertThat(small.decode(ArrayPayload.of(small, below))).isEqualTo(below);
  }

  /** Whoever makes a value shows it to the next task with the same codec. */
  @Test
  void encode_afterARefusal_worksAsBefore() throws Exception {
    Known good = new Known(Map.of("a", 1));
    byte[] before = ArrayPayload.of(codec, good).array();

    assertThatThrownBy(() -> encode(new Known(new Unknown(1)))).isNotNull();

    assertThat(ArrayPayload.of(codec, good).array()).isEqualTo(before);
  }

  @Test
  void encode_streamFails_isThatFailure() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };

    assertThatThrownBy(() -> codec.encode(new Known("x".repeat(10_000)), full))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("No space left on device");
  }

  private void encode(Object value) throws IOException {
    codec.encode(value, OutputStream.nullOutputStream());
  }
}

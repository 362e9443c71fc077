package dev.reprise.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.executor.Argument;
import dev.reprise.executor.AttemptResult.InputDamaged;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.executor.testing.TestWork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Units of one chunk that take the same arguments. */
class SharedValuesTest {
  private final InMemoryResultStore store = new InMemoryResultStore();
  private final TestWork work =
      new TestWork("r1", store, List.of(Place.class, Kind.class, Named.class, Cell.class));

  /** What user code does with its arguments. */
  public static final class Users {
    private static final List<Object> SEEN = new ArrayList<>();

    private Users() {}

    static synchronized int takesList(List<Object> values) {
      SEEN.addAll(values);
      int size = values.size();
      values.clear();
      values.add("what the unit before left");
      return size;
    }

    static synchronized int takesMap(Map<String, Object> values) {
      SEEN.addAll(values.values());
      int size = values.size();
      values.clear();
      return size;
    }

    static synchronized int takesOne(Object value) {
      SEEN.add(value);
      return 1;
    }

    static synchronized List<Object> seen() {
      List<Object> all = new ArrayList<>(SEEN);
      SEEN.clear();
      return all;
    }
  }

  /** Of the user's, fixed. */
  public enum Kind {
    PLAIN,
    WITH_BODY {}
  }

  /** Of the user's, fixed. */
  public record Place(Kind kind, int step, String name) {}

  /** Of the user's, fixed as what it is made of. */
  public record Named(Place place, @Nullable Long number) {}

  /** Of the user's, and may be changed. */
  public record Cell(long[] numbers) {}

  @Test
  void run_allTakeOneListOfFixedValues_eachHasAListOfItsOwn() throws IOException {
    Argument list =
        listed(1L, "a", null, new Named(new Place(Kind.WITH_BODY, 3, "b"), 4L), Kind.PLAIN);

    List<Object> results = runThree("takesList", list, list, list);

    assertThat(results).containsExactly(5, 5, 5);
    assertSharedByThree(List.of(0, 1, 3, 4), 5);
  }

  @Test
  void run_allTakeOneMapOfFixedValues_eachHasAMapOfItsOwn() throws IOException {
    Argument map =
        new Argument.Labelled(
            List.of("a", "b"), List.of(work.encoded("value 1"), work.encoded("value 2")));

    assertThat(runThree("takesMap", map, map, map)).containsExactly(2, 2, 2);
    assertSharedByThree(List.of(0, 1), 2);
  }

  @Test
  void run_allTakeOneFixedValue_itIsDecodedOnce() throws IOException {
    Argument one = work.encoded(new Place(Kind.PLAIN, 3, "b"));

    runThree("takesOne", one, one, one);

    assertSharedByThree(List.of(0), 1);
  }

  @Test
  void run_oneElementMayBeChanged_noneIsShared() throws IOException {
    Argument list = listed("a", new Cell(new long[] {1}));

    runThree("takesList", list, list, list);

    List<Object> seen = Users.seen();
    assertThat(seen).hasSize(6);
    assertThat(seen.get(1)).isNotSameAs(seen.get(3)).isNotSameAs(seen.get(5));
    assertThat(seen.get(3)).isNotSameAs(seen.get(5));
  }

  @Test
  void run_allTakeOneResultThatIsAList_eachHasItsOwn() throws IOException {
    Argument one = work.encoded(new ArrayList<>(List.of("a")));

    runThree("takesList", one, one, one);

    assertThat(Users.seen()).containsExactly("a", "a", "a");
  }

  @Test
  void run_eachTakesAnother_eachGetsIts() throws IOException {
    Argument same = work.encoded("same");

    runThree("takesOne", same, same, work.encoded("another"));

    assertThat(Users.seen()).containsExactly("same", "same", "another");
  }

  /** An idle thread has its last chunk yet, and others need the memory. */
  @Test
  void run_lastUnitHasEnded_valuesAreLetGo() throws IOException {
    Argument one = work.encoded(new Place(Kind.PLAIN, 3, "b"));
    WorkChunk chunk = chunk("takesOne", one, one);
    UnitRunner runner = worker().runner(chunk);

    chunk.units().forEach(unit -> runner.run(unit, running(unit)));
    runner.run(chunk.units().get(0), running(chunk.units().get(0)));

    List<Object> seen = Users.seen();
    assertThat(seen.get(1)).isSameAs(seen.get(0));
    assertThat(seen.get(2)).isEqualTo(seen.get(0)).isNotSameAs(seen.get(0));
  }

  /** Nothing is decoded of which the check has not passed, for any unit. */
  @Test
  void run_sharedValueIsDamaged_everyUnitSaysSo() throws IOException {
    Argument.Encoded gone =
        new Argument.Encoded(
            new TestWork("r2", new InMemoryResultStore(), List.of()).partition("x", 0));
    Argument list = new Argument.Listed(List.of(work.encoded("a"), gone));
    WorkChunk chunk = chunk("takesList", list, list, list);
    UnitRunner runner = worker().runner(chunk);

    for (UnitWork unit : chunk.units()) {
      assertThat(runner.run(unit, running(unit))).isInstanceOf(InputDamaged.class);
    }
    assertThat(Users.seen()).isEmpty();
  }

  /**
   * @param shared places of values that all units have as one object
   * @param each how many values a unit takes
   */
  private static void assertSharedByThree(List<Integer> shared, int each) {
    List<Object> seen = Users.seen();
    assertThat(seen).hasSize(3 * each);
    for (int place : shared) {
      assertThat(seen.get(place))
          .isSameAs(seen.get(each + place))
          .isSameAs(seen.get(2 * each + place));
    }
  }

  private Argument listed(@Nullable Object... values) {
    List<Argument> elements = new ArrayList<>();
    for (Object value : values) {
      elements.add(work.encoded(value));
    }
    return new Argument.Listed(elements);
  }

  private List<Object> runThree(String method, Argument... arguments) throws IOException {
    WorkChunk chunk = chunk(method, arguments);
    UnitRunner runner = worker().runner(chunk);
    List<Object> results = new ArrayList<>();
    for (UnitWork unit : chunk.units()) {
      Success success = (Success) runner.run(unit, running(unit));
      results.add(work.value(success.manifest().partitions().get(0)));
    }
    return results;
  }

  private WorkChunk chunk(String method, Argument... arguments) {
    TaskCode code = work.code(Users.class, method);
    return work.chunk(
        code,
        IntStream.range(0, arguments.length)
            .mapToObj(i -> work.unitOf("" + i, arguments[i]))
            .toList());
  }

  private static RunningUnit running(UnitWork unit) {
    return new RunningUnit("r1", "users", unit.label(), unit.attempt());
  }

  private Worker worker() {
    ClassLoader loader = SharedValuesTest.class.getClassLoader();
    return new Worker("w", store, loader, Ticker.system(), "here");
  }
}

package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.action;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Pipeline;
import dev.reprise.run.CacheMode;
import dev.reprise.run.RunOptions;
import dev.reprise.task.RetryPolicy;
import dev.reprise.task.Task2;
import dev.reprise.testkit.PipelineTester;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Reuse is the same whatever it meets: every kind of result, with and without retries, fan-out and
 * nesting, in runs that force, select or do not reuse.
 */
class CombinationsTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();

  /** What the step in the middle gives. */
  enum Given {
    VALUE,
    NULL,
    EMPTY,
    RECEIPT
  }

  /** How the run in the middle is started, and what it runs again. */
  enum Third {
    PLAIN(target -> RunOptions.DEFAULT, false, false),
    RERUN(target -> RunOptions.DEFAULT.withRerun(Set.of(target)), true, false),
    RERUN_FROM(target -> RunOptions.DEFAULT.withRerunFrom(Set.of(target)), true, true),
    ONLY(target -> RunOptions.DEFAULT.withOnly(Set.of(target)), false, false),
    READ(target -> RunOptions.DEFAULT.withCache(CacheMode.READ), false, false),
    OFF(target -> RunOptions.DEFAULT.withCache(CacheMode.OFF), true, true),
    WRITE(target -> RunOptions.DEFAULT.withCache(CacheMode.WRITE), true, true),
    REFRESH(target -> RunOptions.DEFAULT.withCache(CacheMode.REFRESH), true, true);

    final Function<String, RunOptions> options;
    final boolean target;
    final boolean sink;

    Third(Function<String, RunOptions> options, boolean target, boolean sink) {
      this.options = options;
      this.target = target;
      this.sink = sink;
    }

    /** Whether the step before the target runs, too. */
    boolean all() {
      return this == OFF || this == WRITE || this == REFRESH;
    }
  }

  record Combination(Given given, boolean retried, boolean fanOut, boolean nested, Third third) {
    String target() {
      return nested ? "part.target" : "target";
    }

    /** The bodies that run if these steps do. */
    List<String> bodies(boolean items, boolean target, boolean sink) {
      List<String> bodies = new ArrayList<>();
      bodies.addAll(Collections.nCopies(items && fanOut ? 1 : 0, "items"));
      bodies.addAll(Collections.nCopies(sink ? 1 : 0, "sink"));
      bodies.addAll(
          Collections.nCopies(target ? (fanOut ? 3 : 1) * (retried ? 2 : 1) : 0, "target"));
      return bodies;
    }
  }

  /** Each kind of result in each kind of run, twice: with some of the rest, and without it. */
  static Stream<Combination> combinations() {
    List<Combination> all = new ArrayList<>();
    for (Given given : Given.values()) {
      for (Third third : Third.values()) {
        int some = (given.ordinal() + third.ordinal()) % 8;
        for (int bits : new int[] {some, 7 - some}) {
          boolean retried = (bits & 1) != 0;
          boolean fanOut = (bits & 2) != 0;
          boolean nested = (bits & 4) != 0;
          all.add(new Combination(given, retried, fanOut, nested, third));
        }
      }
    }
    return all.stream();
  }

  private static final Set<String> FAILED = ConcurrentHashMap.newKeySet();
  private static volatile boolean failing;

  /** A body that fails the first time, if it is to. */
  private static void run(int number) {
    Bodies.ran("target");
    if (failing && FAILED.add("" + number)) {
      throw new IllegalStateException("the first time");
    }
  }

  static List<Integer> items() {
    Bodies.ran("items");
    return List.of(1, 2, 3);
  }

  static String value(int number, String text) {
    run(number);
    return number + text;
  }

  static @Nullable String none(int number, String text) {
    run(number);
    return null;
  }

  static List<String> empty(int number, String text) {
    run(number);
    return List.of();
  }

  static void effect(int number, String text) {
    run(number);
  }

  static int sink(Object all) {
    Bodies.ran("sink");
    return 1;
  }

  private static Task2<Integer, String, ?> target(Given given) {
    return switch (given) {
      case VALUE -> task(CombinationsTest::value);
      case NULL -> task(CombinationsTest::none);
      case EMPTY -> task(CombinationsTest::empty);
      case RECEIPT -> action(CombinationsTest::effect).cached();
    };
  }

  private static <R> boolean declare(
      Pipeline.Builder p, Combination what, Task2<Integer, String, R> declared, String text) {
    RetryPolicy twice = RetryPolicy.attempts(2).withBackoff(Duration.ZERO, Duration.ZERO);
    Task2<Integer, String, R> target = what.retried() ? declared.retry(twice) : declared;
    if (what.fanOut()) {
      var items = p.fanOut("items", task(CombinationsTest::items));
      var each = p.perPartition("target", target, items, p.value(text));
      p.step("sink", task(CombinationsTest::sink), each.all());
    } else {
      var one = p.step("target", target, p.value(1), p.value(text));
      p.step("sink", task(CombinationsTest::sink), one);
    }
    return true;
  }

  private List<String> run(Combination what, String text, RunOptions options) {
    FAILED.clear();
    failing = what.retried();
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              if (what.nested()) {
                p.nested("part", part -> declare(part, what, target(what.given()), text));
              } else {
                declare(p, what, target(what.given()), text);
              }
            });
    return Bodies.of(reprise.driver(), pipeline, options);
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void reuse_ofAnyCombination_runsWhatItMustAndNoMore(Combination what) throws Exception {
    RunOptions plain = RunOptions.DEFAULT;
    Third third = what.third();
    assertThat(run(what, "a", plain)).isEqualTo(what.bodies(true, true, true));
    assertThat(run(what, "a", plain)).isEmpty();
    assertThat(run(what, "a", third.options.apply(what.target())))
        .isEqualTo(what.bodies(third.all(), third.target, third.sink));
    reprise.reopen();
    assertThat(run(what, "a", plain)).isEmpty();

    RunOptions only = plain.withOnly(Set.of(what.target()));
    assertThat(run(what, "b", only)).isEqualTo(what.bodies(false, true, false));
    assertThat(run(what, "b", plain))
        .as("what takes it sees another value or none")
        .isEqualTo(what.bodies(false, false, what.given() == Given.VALUE));
    assertThat(run(what, "a", plain)).isEmpty();
  }
}

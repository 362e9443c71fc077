package dev.reprise.cli;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab.Ran;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What user code does wrong: the unit, the cause and what to do are named, and nothing else
 * suffers.
 */
class BadTaskTest {
  @TempDir Path folder;
  private CliLab lab;

  @BeforeEach
  void offerSquares() {
    lab = new CliLab(folder).with("squares", Squares::define);
  }

  private record Holder(String name, Object inner) {}

  private static final class Handle {}

  private static String join(int one, Object any) {
    return one + " " + any.getClass().getSimpleName();
  }

  @Test
  @Shows("Fault 75")
  void run_argumentWithoutCanonicalForm_runsUncachedAndSaysWhichAndWhy() {
    lab.with(
        "keyless",
        p -> {
          var one = p.step("one", task(BadTaskTest::one));
          Holder holder = new Holder("h", Map.of("k", List.of(new Handle())));
          p.result("r", p.step("join", task(BadTaskTest::join), one, p.value(holder)));
        });
    lab.run("run", "keyless");

    Ran ran = lab.run("run", "keyless");

    assertThat(ran.exit()).isZero();
    assertThat(ran.lastLine()).startsWith("1 cached · 1 ran · 0 failed");
    assertThat(ran.out())
        .contains(
            "RUN        join   1 unit        KEY_UNAVAILABLE(any: .inner[\"k\"][0]:"
                + " dev.reprise.cli.BadTaskTest$Handle has no canonical form; make it a record,"
                + " or pass what it is made of)\n");
    assertThat(lab.run("why", "join").out()).contains("KEY_UNAVAILABLE(any: .inner[\"k\"][0]: ");
  }

  @Test
  @Shows("Fault 58")
  void run_capturedValueWithoutForm_runsUncachedAndNamesClassAndField() {
    lab.with(
        "capturing",
        p -> {
          Holder holder = new Holder("h", new Handle());
          p.result("r", p.step("name", task(() -> holder.name())));
        });

    Ran ran = lab.run("run", "capturing");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out())
        .contains(
            "KEY_UNAVAILABLE(captured value 1: .inner: dev.reprise.cli.BadTaskTest$Handle has no"
                + " canonical form; ");
  }

  @Test
  void run_resultWithoutCodec_failsAndNamesClassAndField() {
    lab.with(
        "stream", p -> p.result("r", p.step("open", task(() -> new Holder("h", new Handle())))));

    Ran ran = lab.run("run", "stream");

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err())
        .startsWith("error: open failed in attempt 1\n")
        .contains(
            "the result, a dev.reprise.cli.BadTaskTest$Holder, cannot be encoded: .inner:"
                + " dev.reprise.cli.BadTaskTest$Handle")
        .containsOnlyOnce(".inner:");
  }

  private static String fail(int number) {
    if (number == 3) {
      throw new IllegalStateException("cannot do it", new IOException("disk gone"));
    }
    return "fine " + number;
  }

  @Test
  void run_userCodeThrows_keepsCauseNamesPartitionAndSkipsTheRest() {
    lab.with(
        "failing",
        p -> {
          var numbers = p.fanOut("numbers", task(Squares::numbers));
          var texts = p.perPartition("text", task(BadTaskTest::fail), numbers);
          p.result("r", p.perPartition("again", task(BadTaskTest::same), texts));
        });

    Ran ran = lab.run("run", "failing", "--keep-going");

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err())
        .startsWith(
            """
            error: text:3 failed in attempt 1
              java.lang.IllegalStateException: cannot do it
                at dev.reprise.cli.BadTaskTest.fail(BadTaskTest.java:""")
        .contains("\n  caused by java.io.IOException: disk gone\n");
    assertThat(ran.lastLine()).startsWith("0 cached · 9 ran · 1 failed · 1 skipped");
    assertThat(ran.out()).contains("UPSTREAM_FAILED(text) 3");
    assertThat(lab.run("runs", "logs", "latest", "text:3").out())
        .contains("Caused by: java.io.IOException: disk gone");
  }

  private static int tooMuch() {
    return new byte[Integer.MAX_VALUE].length; // more than any JVM gives
  }

  @Test
  void run_unitOutOfMemory_failsAloneAndSaysWhatToDo() {
    lab.with(
        "greedy",
        p -> {
          p.result("much", p.step("much", task(BadTaskTest::tooMuch)));
          p.result("one", p.step("one", task(BadTaskTest::one)));
        });

    Ran ran = lab.run("run", "greedy", "--keep-going");

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err())
        .startsWith("error: much failed in attempt 1\n  java.lang.OutOfMemoryError: ")
        .contains("give it more with -Xmx", ".memory(bytes)");
    assertThat(ran.lastLine()).startsWith("0 cached · 1 ran · 1 failed");
  }

  static String same(String value) {
    return value;
  }

  static int one() {
    return 1;
  }
}

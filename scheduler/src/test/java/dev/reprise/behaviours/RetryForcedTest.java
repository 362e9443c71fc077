package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Partitions;
import dev.reprise.api.Pipeline;
import dev.reprise.cli.CliLab;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.task.Task2;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a run was told to run again, whatever the cache has, and did not come to: runs that go on
 * from it do so, and leave what it made.
 */
class RetryForcedTest {
  @TempDir Path folder;

  /** More than have their results in the journal when the index has them. */
  private static final int MANY = 250;

  private static final Set<String> BROKEN = ConcurrentHashMap.newKeySet();

  private interface How extends UnaryOperator<Task2<String, String, String>> {}

  @BeforeEach
  void breakNothing() {
    BROKEN.clear();
    Bodies.take();
  }

  static String work(String name, String data) {
    Bodies.ran(name);
    if (BROKEN.contains(name)) {
      throw new IllegalStateException(name + " is broken");
    }
    return name + " of " + data;
  }

  static List<String> list(String of) {
    return IntStream.range(0, MANY).mapToObj(i -> of + i).toList();
  }

  static String element(String of) {
    return work(of, "x");
  }

  static int size(List<String> all) {
    return all.size();
  }

  private static Pipeline.Definition chain(How how) {
    var task = how.apply(task(RetryForcedTest::work));
    return p -> {
      var a = p.step("a", task, p.value("a"), p.param("data", "x"));
      var b = p.step("b", task, p.value("b"), a);
      p.result("c", p.step("c", task, p.value("c"), b));
    };
  }

  /** A run that succeeded, and one with these options in which this fails. */
  private CliLab failed(CliLab lab, String broken, String... options) {
    String pipeline = lab.named().get(0).name();
    assertThat(lab.run("run", pipeline).exit()).isZero();
    BROKEN.add(broken);
    String[] line =
        Stream.concat(Stream.of("run", pipeline), Stream.of(options)).toArray(String[]::new);
    assertThat(lab.run(line).exit()).isEqualTo(1);
    BROKEN.clear();
    Bodies.take();
    return lab;
  }

  private CliLab failed(String broken, String... options) {
    return failed(new CliLab(folder).with("chain", chain(task -> task)), broken, options);
  }

  private static List<String> retried(CliLab lab) {
    Ran ran = lab.run("runs", "retry", "latest");
    assertThat(ran.exit()).as(ran.err()).isZero();
    return Bodies.take();
  }

  @Test
  void retry_forcedStepFailed_runsAgainThoughTheCacheHasItAndIsDoneThen() {
    CliLab lab = failed("b", "--rerun", "b");
    assertThat(lab.run("plan", "chain", "--resume", "latest").out())
        .containsPattern("RUN +b .*FORCED")
        .containsPattern("HIT +a ");
    assertThat(retried(lab)).containsExactly("b");
    assertThat(lab.run("why", "b").out()).contains("FORCED");
    assertThat(retried(lab)).as("it is made").isEmpty();
    assertThat(lab.run("run", "chain").exit()).isZero();
    assertThat(Bodies.take()).as("another run was told nothing").isEmpty();
  }

  @Test
  void retry_oneOfTheForcedStepsSucceeded_runsTheOthersAlone() {
    assertThat(retried(failed("b", "--rerun", "a", "--rerun", "b"))).containsExactly("b");
  }

  @Test
  void retry_stepAfterAForcedOneFailed_runsAloneIfItWasForcedToo() {
    assertThat(retried(failed("c", "--rerun-from", "b"))).containsExactly("c");
  }

  @Test
  void retry_stepBeforeTheForcedOneFailed_bothRun() {
    CliLab lab = failed("a", "--rerun", "a", "--rerun", "c");
    assertThat(retried(lab)).containsExactly("a", "c");
  }

  @Test
  void retry_failsAgain_isForcedInTheNextToo() {
    CliLab lab = failed("b", "--rerun", "b");
    BROKEN.add("b");
    assertThat(lab.run("runs", "retry", "latest").exit()).isEqualTo(1);
    BROKEN.clear();
    Bodies.take();
    assertThat(lab.run("run", "chain", "--resume", "latest").exit()).isZero();
    assertThat(Bodies.take()).containsExactly("b");
  }

  @Test
  void retry_someElementsOfAForcedStepFailed_runsThoseAlone() {
    CliLab lab =
        new CliLab(folder)
            .with(
                "fan",
                p -> {
                  Partitions<String> all =
                      p.fanOut("list", task(RetryForcedTest::list), p.value("e"));
                  var each = p.perPartition("each", task(RetryForcedTest::element), all);
                  p.step("size", task(RetryForcedTest::size), each.all());
                });
    assertThat(retried(failed(lab, "e3", "--rerun", "each", "--keep-going"))).containsExactly("e3");
    assertThat(retried(lab)).as("it is made").isEmpty();
  }

  /** What keeps nothing has no cache: the result of a run before would be taken. */
  @Test
  void retry_ofTasksThatKeepNothing_leavesOlderResultsOfWhatFollowedTheForcedStep() {
    CliLab lab = new CliLab(folder).with("chain", chain(Task2::uncached));
    assertThat(retried(failed(lab, "c", "--resume", "latest", "--rerun-from", "b")))
        .containsExactly("c");
    assertThat(retried(lab)).isEmpty();
  }

  static List<String> large(String of) {
    Bodies.ran("large");
    Random random = new Random(1);
    return IntStream.range(0, 400)
        .mapToObj(i -> i + of + HexFormat.of().formatHex(bytes(random)))
        .toList();
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[1000];
    random.nextBytes(bytes);
    return bytes;
  }

  static int length(List<String> all) {
    return work("length", "all").length() + all.size();
  }

  /** More than a journal has of a result. */
  @Test
  void retry_forcedStepWasMadeAndNobodyHasItsResult_runsAgainRatherThanTakeTheOlder() {
    CliLab lab =
        new CliLab(folder)
            .with(
                "fan",
                p -> {
                  var all = p.fanOut("large", task(RetryForcedTest::large), p.value("e"));
                  p.step("length", task(RetryForcedTest::length), all.all());
                });
    failed(lab, "length", "--rerun", "large", "--rerun", "length", "--cache", "read");
    assertThat(retried(lab)).filteredOn("large"::equals).hasSize(1);
  }

  /** Another run takes results, and is not that run's rest. */
  @Test
  void fromResultsOf_forcedStepFailed_cacheIsAskedAsEver() {
    CliLab lab = failed("b", "--rerun", "b");
    assertThat(lab.run("run", "chain", "--from-results-of", "latest").exit()).isZero();
    assertThat(Bodies.take()).isEmpty();
  }

  @Test
  void resume_journalIsDamagedInItsMiddle_saysSoAndRunsWhatItDoesNotKnow() throws Exception {
    CliLab lab = new CliLab(folder).with("chain", chain(Task2::uncached));
    BROKEN.add("c");
    assertThat(lab.run("run", "chain").exit()).isEqualTo(1);
    BROKEN.clear();
    Bodies.take();
    Path journal;
    try (Stream<Path> all = Files.walk(folder.resolve(".reprise/runs"))) {
      journal = all.filter(file -> file.endsWith("journal")).findFirst().orElseThrow();
    }
    byte[] whole = Files.readAllBytes(journal);
    Ran good = lab.run("plan", "chain", "--resume", "latest");
    assertThat(good.err()).isEmpty();

    byte[] damaged = whole.clone();
    damaged[whole.length * 3 / 4] ^= 1;
    Files.write(journal, damaged);
    Ran resumed = lab.run("run", "chain", "--resume", "latest");

    assertThat(resumed.exit()).isZero();
    assertThat(resumed.err())
        .containsPattern(
            "warning: run \\S+: the journal is cut short or damaged at byte \\d+ of "
                + whole.length
                + "; what it did after that is not known");
    assertThat(lab.run("result", "c").out()).startsWith("c of b of a of x");
    assertThat(Bodies.take()).contains("c");
  }
}

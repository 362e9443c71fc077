package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.action;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab;
import dev.reprise.plan.Outcome;
import dev.reprise.run.CacheMode;
import dev.reprise.run.Resume;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.task.TaskContext;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What stands for a result in place of its content: a version that the user says, or a reference.
 */
class DataVersionsTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();
  @TempDir Path folder;

  /** What tasks return that look outside, and the version that they say of it. */
  private static final AtomicInteger CONTENT = new AtomicInteger();

  private static volatile String version = "1";

  private List<String> bodies(Pipeline pipeline, RunOptions options) {
    return Bodies.of(reprise.driver(), pipeline, options);
  }

  private static RunOptions again(String... steps) {
    return RunOptions.DEFAULT.withRerun(Set.of(steps));
  }

  static int load(String table) {
    Bodies.ran("load " + table);
    TaskContext.current().dataVersion(version);
    return CONTENT.get();
  }

  static String after(int n) {
    Bodies.ran("after");
    return "n" + n;
  }

  private static Pipeline two(String one, String other) {
    return Pipeline.define(
        "p",
        p -> {
          p.result("a", p.step("a", task(DataVersionsTest::load), p.value(one)));
          var a = p.ref("a", Integer.class);
          p.result("after-a", p.step("after-a", task(DataVersionsTest::after), a));
          var b = p.step("b", task(DataVersionsTest::load), p.value(other));
          p.result("after-b", p.step("after-b", task(DataVersionsTest::after), b));
        });
  }

  @Test
  @Shows("Dagster 16")
  void version_saidAgain_leavesWhatFollowsAndAnotherDoesNot() throws Exception {
    version = "1";
    CONTENT.set(1);
    bodies(two("t", "u"), RunOptions.DEFAULT);
    CONTENT.set(2);
    assertThat(bodies(two("t2", "u"), RunOptions.DEFAULT))
        .as("another argument, the same version")
        .containsExactly("load t2");
    assertThat(bodies(two("t2", "u"), again("a"))).containsExactly("load t2");
    version = "2";
    assertThat(bodies(two("t2", "u"), again("a"))).containsExactly("after", "load t2");
    version = "1";
    assertThat(bodies(two("t3", "u"), RunOptions.DEFAULT)).as("back").containsExactly("load t3");
    TestedRun run = reprise.run(two("t2", "u"));
    assertThat(run.run().result("a", Integer.class)).isEqualTo(2);
    assertThat(run.run().result("after-a", String.class)).isEqualTo("n2");
  }

  @Test
  @Shows("Dagster 16")
  void version_ofTwoSteps_doesNotSayThatTheirDataAreTheSame() throws Exception {
    version = "1";
    AtomicInteger next = new AtomicInteger();
    CONTENT.set(next.incrementAndGet());
    Pipeline first =
        Pipeline.define(
            "p",
            p -> {
              var a = p.step("a", task(DataVersionsTest::load), p.value("t"));
              p.result("after-a", p.step("after-a", task(DataVersionsTest::after), a));
            });
    assertThat(reprise.run(first).run().result("after-a", String.class)).isEqualTo("n1");
    CONTENT.set(next.incrementAndGet());
    TestedRun both = reprise.run(two("t", "u"));
    assertThat(both.run().result("after-b", String.class)).isEqualTo("n2");
    assertThat(both.outcome("after-b", "")).isEqualTo(Outcome.RAN);
  }

  @Test
  void version_saidOfOtherBytes_forcedRunHandsOutTheNewOnes() throws Exception {
    version = "1";
    CONTENT.set(1);
    reprise.run(two("t", "u"));
    CONTENT.set(2);
    TestedRun forced = reprise.run(two("t", "u"), again("a"));
    assertThat(forced.run().result("a", Integer.class)).isEqualTo(2);
    assertThat(forced.outcome("after-a", "")).isEqualTo(Outcome.CACHED);
    assertThat(reprise.run(two("t", "u")).run().result("a", Integer.class)).isEqualTo(2);
  }

  public record Pages(String left, String right) {}

  static Pages pages(int n) {
    Bodies.ran("pages");
    TaskContext.current().dataVersion("left", version);
    return new Pages("l" + n, "r" + n / 10);
  }

  static String read(String page) {
    Bodies.ran("read " + page);
    return page;
  }

  private static Pipeline reading(int n) {
    return Pipeline.define(
        "p",
        p -> {
          var pages = p.outputs("pages", Pages.class, task(DataVersionsTest::pages), p.value(n));
          p.step("left", task(DataVersionsTest::read), pages.get("left", String.class));
          p.step("right", task(DataVersionsTest::read), pages.get("right", String.class));
        });
  }

  @Test
  @Shows("Dagster 16")
  void version_ofOneOfSeveralResults_countsForThatAlone() {
    version = "1";
    bodies(reading(1), RunOptions.DEFAULT);
    assertThat(bodies(reading(2), RunOptions.DEFAULT)).containsExactly("pages");
    assertThat(bodies(reading(12), RunOptions.DEFAULT)).containsExactly("pages", "read r1");
    version = "2";
    assertThat(bodies(reading(13), RunOptions.DEFAULT)).containsExactly("pages", "read l13");
  }

  static int misnamed() {
    TaskContext.current().dataVersion("left", "1");
    return 1;
  }

  @Test
  void version_ofAResultThatThereIsNotOrBad_failsTheUnitAndSaysWhy() {
    Pipeline misnamed = Pipeline.define("p", p -> p.step("s", task(DataVersionsTest::misnamed)));
    TestedRun run = reprise.run(misnamed);
    assertThat(run.state()).isEqualTo(RunState.FAILED);
    assertThat(run.message()).contains("data version of result 'left', which it does not have");
    version = "";
    TestedRun empty = reprise.run(two("t", "u"));
    assertThat(empty.message()).contains("a data version has 1 to 250 characters, this has 0");
  }

  static List<Integer> list(int upTo) {
    return IntStream.range(0, upTo).boxed().toList();
  }

  static int each(int n) {
    Bodies.ran("each " + n);
    TaskContext.current().dataVersion("v" + n / 100 + version);
    return n + CONTENT.get();
  }

  static int then(int n) {
    Bodies.ran("then");
    return n;
  }

  static int sum(List<Integer> all) {
    Bodies.ran("sum");
    return all.size();
  }

  @Test
  @Shows("Dagster 16")
  void version_ofAFanOutWithStepMemos_countsForEachElement() {
    version = "1";
    CONTENT.set(0);
    Pipeline pipeline =
        Pipeline.define(
            "p",
            p -> {
              var list = p.fanOut("list", task(DataVersionsTest::list), p.value(300));
              var each = p.perPartition("each", task(DataVersionsTest::each), list);
              var then = p.perPartition("then", task(DataVersionsTest::then), each);
              p.result("sum", p.step("sum", task(DataVersionsTest::sum), then.all()));
            });
    assertThat(bodies(pipeline, RunOptions.DEFAULT)).hasSize(601);
    assertThat(bodies(pipeline, RunOptions.DEFAULT)).isEmpty();
    CONTENT.set(5);
    assertThat(bodies(pipeline, again("each"))).as("the same versions").hasSize(300);
    assertThat(bodies(pipeline, RunOptions.DEFAULT)).isEmpty();
    version = "2";
    assertThat(bodies(pipeline, again("each"))).as("others").hasSize(601);
  }

  static List<String> letters(String all) {
    return List.of(all.split(""));
  }

  static String same(String letter) {
    TaskContext.current().dataVersion("1");
    return letter;
  }

  static String follow(String letter) {
    Bodies.ran("follow " + letter);
    return letter;
  }

  static String join(List<String> letters) {
    String joined = String.join("", letters);
    TaskContext.current().dataVersion(joined.length() == 2 ? "1" : joined);
    return joined;
  }

  private static Pipeline following(String letters) {
    return Pipeline.define(
        "p",
        p -> {
          var list = p.fanOut("list", task(DataVersionsTest::letters), p.value(letters));
          var same = p.perPartition("same", task(DataVersionsTest::same), list);
          var follow = p.perPartition("follow", task(DataVersionsTest::follow), same);
          p.result("joined", p.combine("join", 2, task(DataVersionsTest::join), follow));
        });
  }

  @Test
  void version_ofAnElementThatMoved_isNotThatOfTheOneInItsPlaceBefore() throws Exception {
    Bodies.take();
    assertThat(reprise.run(following("ABC")).run().result("joined", String.class)).isEqualTo("ABC");
    assertThat(Bodies.take()).containsExactly("follow A", "follow B", "follow C");
    TestedRun moved = reprise.run(following("BCD"));
    assertThat(Bodies.take()).as("by what it takes").containsExactly("follow D");
    assertThat(moved.run().result("joined", String.class)).isEqualTo("BCD");
  }

  static int fixed(String table) {
    Bodies.ran("load " + table);
    return 7;
  }

  static void send(int n) {
    Bodies.ran("send");
  }

  private static Pipeline referring(String table, boolean byReference, boolean uncached) {
    return Pipeline.define(
        "p",
        p -> {
          var load = task(DataVersionsTest::fixed);
          load = byReference ? load.byReference() : load;
          var a = p.step("a", uncached ? load.uncached() : load, p.value(table));
          p.result("after", p.step("after", task(DataVersionsTest::after), a));
          p.step("send", action(DataVersionsTest::send).cached(), a);
        });
  }

  @Test
  @Shows("Flyte 8")
  void dataset_madeAgainWithEqualContent_hitsByContentAndMissesByReference() {
    Pipeline byContent = referring("t", false, false);
    assertThat(bodies(byContent, RunOptions.DEFAULT)).containsExactly("after", "load t", "send");
    assertThat(bodies(byContent, again("a"))).containsExactly("load t");

    Pipeline byReference = referring("u", true, false);
    assertThat(bodies(byReference, RunOptions.DEFAULT)).containsExactly("after", "load u", "send");
    assertThat(bodies(byReference, RunOptions.DEFAULT)).as("the same execution").isEmpty();
    assertThat(bodies(byReference, again("a"))).containsExactly("after", "load u", "send");
    assertThat(bodies(byReference, RunOptions.DEFAULT)).as("the newest stays").isEmpty();
    assertThat(bodies(byReference, RunOptions.DEFAULT.withCache(CacheMode.REFRESH))).hasSize(3);
    assertThat(bodies(byReference, RunOptions.DEFAULT)).isEmpty();
    assertThat(bodies(referring("v", true, true), RunOptions.DEFAULT))
        .as("kept nowhere, so it is another each time")
        .hasSize(3);
    assertThat(bodies(referring("v", true, true), RunOptions.DEFAULT)).hasSize(3);
  }

  @Test
  @Shows("Flyte 8")
  void reference_inARunThatGoesOn_isThatOfTheRunBefore() {
    Pipeline pipeline = referring("u", true, true);
    TestedRun first = reprise.run(pipeline);
    RunOptions resume = RunOptions.DEFAULT.withResume(Resume.of(first.run().id(), Set.of()));
    TestedRun second = reprise.run(pipeline, resume);
    assertThat(second.executions()).isZero();
    assertThat(second.outcome("a", "")).isEqualTo(Outcome.MEMO);
  }

  @Test
  void version_said_isToldByRunAndPolicyByPlan() {
    version = "2026-11";
    CONTENT.set(3);
    CliLab lab = new CliLab(folder);
    lab.with(
        "p",
        p -> {
          var a = p.step("a", task(DataVersionsTest::load).byReference(), p.value("t"));
          p.step("after", task(DataVersionsTest::after), a);
        });
    assertThat(lab.run("run", "p").exit()).isZero();
    assertThat(lab.run("plan", "p", "-v").out()).contains("by-reference true (task)");
    List<String> told = new ArrayList<>();
    lab.run("runs", "show", "--output", "json").out().lines().forEach(told::add);
    assertThat(told).anySatisfy(line -> assertThat(line).contains("data version 2026-11"));
  }

  @Test
  void audit_oneOfTwoResultsIsByReference_saysThatItCannot() {
    version = "1";
    CliLab lab = new CliLab(folder);
    lab.with(
        "p",
        p ->
            p.outputs(
                "pages", Pages.class, task(DataVersionsTest::pages).byReference(), p.value(1)));
    assertThat(lab.run("run", "p").exit()).isZero();
    var audited = lab.run("run", "p", "--audit", "100%");
    assertThat(audited.out() + audited.err())
        .doesNotContain("does not give the same twice")
        .contains("'pages' was not compared: its result is taken by reference");
  }

  @Test
  void audit_ofWhatIsVersionedOrReferredTo_comparesTheVersionOrSaysThatItCannot() {
    version = "1";
    CONTENT.set(1);
    CliLab lab = new CliLab(folder);
    lab.with(
        "p",
        p -> {
          p.step("a", task(DataVersionsTest::load), p.value("t"));
          p.step("b", task(DataVersionsTest::fixed).byReference(), p.value("t"));
        });
    assertThat(lab.run("run", "p").exit()).isZero();
    CONTENT.set(2);
    var audited = lab.run("run", "p", "--audit", "100%");
    assertThat(audited.exit()).as(audited.err()).isZero();
    String told = audited.out() + audited.err();
    assertThat(told).doesNotContain("does not give the same twice");
    assertThat(told).contains("'b' was not compared: its result is taken by reference");
    version = "2";
    var other = lab.run("run", "p", "--audit", "100%");
    assertThat(other.out() + other.err()).contains("'a' does not give the same twice");
  }
}

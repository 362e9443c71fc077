package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.action;
import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Parameters;
import dev.reprise.api.Pipeline;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab;
import dev.reprise.plan.Outcome;
import dev.reprise.run.Resume;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.testkit.PipelineTester;
import dev.reprise.testkit.TestedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Probes of the user's that say that a side effect is done already. */
class ProbesTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();

  /** Whatever other tests ran. */
  @BeforeEach
  void forgetBodies() {
    Bodies.take();
    broken = false;
  }

  @TempDir Path folder;
  private static volatile boolean broken;

  static String report(String text) {
    Bodies.ran("report");
    return text;
  }

  static void send(String report, String to) throws IOException {
    Bodies.ran("send");
    if (broken) {
      throw new IOException("no connection");
    }
    Files.writeString(Path.of(to), report);
  }

  static void tell() {
    Bodies.ran("tell");
  }

  static boolean exists(String file) throws IOException {
    Bodies.ran("asked");
    if (file.equals("deep")) {
      return deeper(1) > 0;
    } else if (file.isEmpty()) {
      throw new IOException("nowhere");
    }
    return Files.exists(Path.of(file));
  }

  private static int deeper(int depth) {
    return depth < 0 ? 0 : deeper(depth + 1) + 1; // the stack ends long before the numbers do
  }

  private static void sending(Pipeline.Builder p) {
    var out = p.param("out", "out");
    var report = p.step("report", task(ProbesTest::report), p.param("text", "x"));
    var sent = p.step("send", action(ProbesTest::send), report, out);
    p.doneIf(sent, out, ProbesTest::exists);
    p.after(p.step("tell", action(ProbesTest::tell)), sent);
  }

  private Pipeline sending() {
    String out = folder.resolve("sent").toString();
    return Pipeline.define("p", ProbesTest::sending, new Parameters(Map.of("out", out)));
  }

  @Test
  @Shows("Argo 17")
  void effect_thatIsDoneAlready_doesNotRunAndWhatWaitsForItDoes() throws Exception {
    Bodies.take();
    TestedRun first = reprise.run(sending());
    assertThat(Bodies.take()).containsExactly("asked", "report", "send", "tell");
    assertThat(first.outcome("send", "")).isEqualTo(Outcome.RAN);

    TestedRun second = reprise.run(sending());
    assertThat(Bodies.take()).containsExactly("asked", "tell");
    assertThat(second.state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(second.outcome("send", "")).isEqualTo(Outcome.MEMO);

    RunOptions again = RunOptions.DEFAULT.withRerun(Set.of("send"));
    assertThat(reprise.run(sending(), again).outcome("send", "")).isEqualTo(Outcome.RAN);
    assertThat(Bodies.take()).contains("send");
    RunOptions resumed = RunOptions.DEFAULT.withResume(Resume.resultsOf(second.run().id()));
    assertThat(reprise.run(sending(), resumed).outcome("send", "")).isEqualTo(Outcome.MEMO);

    Files.delete(folder.resolve("sent"));
    Bodies.take();
    assertThat(reprise.run(sending()).outcome("send", "")).isEqualTo(Outcome.RAN);
    assertThat(Bodies.take()).containsExactly("asked", "send", "tell");
  }

  @Test
  @Shows("Argo 17")
  void effect_thatIsDoneAlready_isToldByPlanRunAndHistory() throws Exception {
    CliLab lab = new CliLab(folder).with("sending", ProbesTest::sending);
    String out = "out=" + Files.writeString(folder.resolve("sent"), "");
    assertThat(lab.run("run", "sending", "-p", out).exit()).isZero();
    assertThat(lab.run("plan", "sending", "-p", out).out().replaceAll(" +", " "))
        .contains("HIT send");
    var ran = lab.run("run", "sending", "-p", out, "-v");
    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).contains("its probe, which says that it is done already");
    assertThat(lab.run("runs", "show", "--output", "json").out())
        .contains("its probe, which says that it is done already");
  }

  private static void sendingBetween(Pipeline.Builder p) {
    var out = p.param("out", "out");
    var report = p.step("report", task(ProbesTest::report), p.param("text", "x"));
    var sent = p.step("send", action(ProbesTest::send), report, out);
    p.doneIf(sent, out, ProbesTest::exists);
    p.after(p.step("again", task(ProbesTest::report), p.value("y")), sent);
  }

  @Test
  void effect_thatIsDoneAndLeftOutAndBehindWhatRunsAgain_isAskedAndDoesNotRun() {
    String out = folder.resolve("sent").toString();
    Pipeline pipeline =
        Pipeline.define("p", ProbesTest::sendingBetween, new Parameters(Map.of("out", out)));
    reprise.run(pipeline);
    RunOptions only = RunOptions.DEFAULT.withOnly(Set.of("again"));
    Bodies.take();
    TestedRun run = reprise.run(pipeline, only);
    assertThat(run.outcome("send", "")).isEqualTo(Outcome.MEMO);
    assertThat(run.outcome("again", "")).isEqualTo(Outcome.CACHED);
    assertThat(Bodies.take()).containsExactly("asked");
    for (RunOptions anew :
        List.of(only.withRerunFrom(Set.of("report")), only.withRerun(Set.of("send", "again")))) {
      TestedRun forced = reprise.run(pipeline, anew);
      assertThat(forced.state()).as(forced.message()).isEqualTo(RunState.SUCCEEDED);
      assertThat(forced.outcome("send", "")).isEqualTo(Outcome.MEMO);
      assertThat(Bodies.take().stream().distinct()).as("send does not run").doesNotContain("send");
    }
    assertThat(reprise.run(pipeline, only.withRerunFrom(Set.of("send"))).state())
        .isEqualTo(RunState.SUCCEEDED);
    assertThat(Bodies.take()).containsExactly("asked", "report");
  }

  @Test
  void retry_effectWasToRunAgainAndFailed_runsItWhateverItsProbeSays() throws Exception {
    CliLab lab = new CliLab(folder).with("sending", ProbesTest::sending);
    String out = "out=" + Files.writeString(folder.resolve("sent"), "older");
    broken = true;
    assertThat(lab.run("run", "sending", "-p", out, "--rerun", "send").exit()).isEqualTo(1);
    broken = false;
    Bodies.take();
    var retried = lab.run("runs", "retry", "latest");
    assertThat(retried.exit()).as(retried.err()).isZero();
    assertThat(Bodies.take()).contains("send", "tell");
    assertThat(folder.resolve("sent")).hasContent("x");
    assertThat(lab.run("runs", "retry", "latest").exit()).isZero();
    assertThat(Bodies.take()).as("it is done").doesNotContain("send");
  }

  @Test
  void probe_fails_effectRunsAndTheRunWarns() {
    for (String file : List.of("", "deep")) {
      CliLab lab = new CliLab(folder);
      lab.with(
          "p",
          p -> {
            var told = p.step("tell", action(ProbesTest::tell));
            p.doneIf(told, p.value(file), ProbesTest::exists);
          });
      Bodies.take();
      var ran = lab.run("run", "p");
      assertThat(ran.exit()).isZero();
      assertThat(Bodies.take()).containsExactly("asked", "tell");
      assertThat(ran.out() + ran.err())
          .contains("whether 'tell' is done already is not known, so it runs")
          .contains(file.isEmpty() ? "nowhere" : "its probe failed: java.lang.StackOverflowError");
    }
  }

  @Test
  void probe_ofWhatHasAResultOrKeepsReceiptsOrTakesOne_isRefused() {
    CliLab lab = new CliLab(folder);
    lab.with(
        "keeps",
        p -> {
          var told = p.step("tell", action(ProbesTest::tell).cached());
          p.doneIf(told, p.value("x"), ProbesTest::exists);
        });
    lab.with(
        "takes",
        p -> {
          var report = p.step("report", task(ProbesTest::report), p.value("x"));
          var told = p.step("tell", action(ProbesTest::tell));
          p.doneIf(told, report, ProbesTest::exists);
        });
    lab.with(
        "twice",
        p -> {
          var told = p.step("tell", action(ProbesTest::tell));
          p.doneIf(told, p.value("x"), ProbesTest::exists);
          p.doneIf(told, p.value("x"), ProbesTest::exists);
        });
    var keeps = lab.run("run", "keeps");
    assertThat(keeps.exit()).isEqualTo(3);
    assertThat(keeps.err()).contains("step 'tell' is asked whether it is done, and keeps receipts");
    assertThat(lab.run("run", "takes").err()).contains("give the probe a parameter or a constant");
    assertThat(lab.run("run", "twice").err()).contains("asks a step twice whether it is done");
  }
}

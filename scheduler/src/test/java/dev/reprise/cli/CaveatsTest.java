package dev.reprise.cli;

import static dev.reprise.task.Tasks.local;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.code.CodeFingerprint.Mode;
import dev.reprise.cli.CliLab.Ran;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a task's code hides from its key is told wherever the parts of the key are. */
class CaveatsTest {
  private static final String SELF = "dev.reprise.cli.CaveatsTest#";
  private static final String STRING = "(java.lang.String)java.lang.String";
  private static final String LOADS =
      SELF
          + "loads"
          + STRING
          + " calls java.lang.Class#forName: what is reached by reflection is not in the"
          + " fingerprint; declare it with alsoRuns";
  private static final String READS =
      SELF
          + "reads"
          + STRING
          + " calls java.lang.Class#getResource: which resource is read cannot be seen; declare it"
          + " with alsoReads";
  private static final String ASKS =
      SELF
          + "asks"
          + STRING
          + " calls java.util.ServiceLoader#load: which provider answers is not in the"
          + " fingerprint; declare its class with alsoRuns";
  private static final String CALLS =
      SELF
          + "calls"
          + STRING
          + " calls "
          + SELF
          + "plain"
          + STRING
          + ": of code identity 'body' that is no part; change the task's version with it";
  private static final String METAL =
      SELF
          + "metal()java.lang.String is native: native code is not in the fingerprint; change the"
          + " task's version when it changes";

  @TempDir Path folder;
  private CliLab lab;

  private static void define(Pipeline.Builder p) {
    var name = p.param("name", "java.lang.String");
    var blind = p.step("blind", local(CaveatsTest::blind), name);
    p.step("plain", local(CaveatsTest::plain), blind);
    p.step("body", local(CaveatsTest::calls).codeIdentity(Mode.BODY), name);
    p.step("declared", local(CaveatsTest::loads).alsoRuns(String.class), name);
  }

  static String blind(String name) throws Exception {
    return loads(name) + reads(name) + asks(name) + (name.isEmpty() ? metal() : "");
  }

  static String calls(String name) {
    return plain(name);
  }

  static String loads(String name) throws Exception {
    return Class.forName(name).getSimpleName();
  }

  static String reads(String name) {
    return CaveatsTest.class.getResource(name) == null ? "none" : "some";
  }

  static String asks(String name) {
    return name + ServiceLoader.load(Runnable.class).findFirst().isPresent();
  }

  static native String metal();

  static String plain(String text) {
    return text;
  }

  @BeforeEach
  void offerPipeline() {
    lab = new CliLab(folder).with("hiding", CaveatsTest::define);
  }

  @Test
  void why_verbose_namesEachThingThatTheCodeHides() {
    assertThat(lab.run("run", "hiding").lastLine()).startsWith("0 cached · 4 ran");

    for (String target : List.of("blind", "blind:0")) {
      Ran ran = lab.run("why", target, "-v");
      assertThat(ran.exit()).isZero();
      assertThat(ran.out().lines().dropWhile(line -> !line.equals("not in the key")).skip(1))
          .as(target)
          .startsWith("  " + ASKS, "  " + LOADS, "  " + METAL, "  " + READS);
      assertThat(lab.run("why", target).out()).doesNotContain("not in the key");
    }
  }

  @Test
  void why_verboseOfBody_namesWhatIsCalledAndDoesNotCount() {
    lab.run("run", "hiding");

    assertThat(lab.run("why", "body", "-v").out().lines())
        .containsSubsequence("not in the key", "  " + CALLS);
  }

  @Test
  void why_verboseAfterAllWasReused_namesThemStill() {
    lab.run("run", "hiding");
    assertThat(lab.run("run", "hiding").lastLine()).startsWith("4 cached · 0 ran");

    assertThat(lab.run("why", "blind", "-v").out()).contains(ASKS, LOADS, METAL, READS);
  }

  @Test
  void why_stepThatHidesNothingOrDeclaresIt_saysNothing() {
    lab.run("run", "hiding");

    assertThat(lab.run("why", "plain", "-v").out()).doesNotContain("not in the key");
    assertThat(lab.run("why", "declared", "-v").out()).doesNotContain("not in the key");
    assertThat(compact(lab.run("why", "plain", "--output", "json"))).contains("\"caveats\":[]");
  }

  @Test
  void why_outputJson_listsCaveats() {
    lab.run("run", "hiding");

    for (String target : List.of("blind", "blind:0")) {
      assertThat(compact(lab.run("why", target, "--output", "json")))
          .contains(
              "\"caveats\":[\"%s\",\"%s\",\"%s\",\"%s\"]"
                  .formatted(ASKS, LOADS, METAL, READS)
                  .replace(" ", ""));
    }
  }

  @Test
  void plan_verbose_namesThemByStep() {
    assertThat(
            lab.run("plan", "hiding", "-v").out().lines().filter(line -> line.contains("CAVEAT")))
        .containsExactly(
            "CAVEAT       " + ASKS,
            "CAVEAT       " + LOADS,
            "CAVEAT       " + METAL,
            "CAVEAT       " + READS,
            "CAVEAT       " + CALLS);
    assertThat(lab.run("plan", "hiding").out()).doesNotContain("CAVEAT");
    assertThat(compact(lab.run("plan", "hiding", "--output", "json")))
        .contains("\"caveats\":[\"" + ASKS.replace(" ", ""));
  }

  private static String compact(Ran ran) {
    return ran.out().replaceAll("\\s", "");
  }
}

package dev.reprise.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason.Code;
import dev.reprise.run.Pipelines;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunState;
import dev.reprise.run.ScriptedRun;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The contract that others script against: change it by adding, never otherwise. */
class JsonConsoleTest {
  private static final String RUN = "20261121-072007-7f3a";
  private static final Clock CLOCK = Clock.fixed(ScriptedRun.START, ZoneOffset.UTC);

  private static List<String> lines(Consumer<RunListener> play) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    play.accept(new JsonConsole(new PrintStream(out, true, UTF_8), CLOCK));
    return out.toString(UTF_8).lines().toList();
  }

  private static final String START =
      "{\"schema\":1,\"event\":\"%s\",\"run\":\"" + RUN + "\",\"time\":\"2026-11-21T07:20:07Z\",";

  @Test
  void run_everythingCached_isLinePerStepAndTheRun() {
    List<String> lines = lines(Pipelines.warm(RUN)::play);

    assertThat(lines).hasSize(6);
    assertThat(lines.get(1))
        .isEqualTo(
            START.formatted("step")
                + """
                "step":"clean","units":6,"outcomes":{"RAN":0,"CACHED":6,"SHARED":0,"MEMO":0,\
                "SKIPPED":0,"FAILED":0,"CANCELLED":0},"saved_seconds":0.9}""");
    assertThat(lines.get(5))
        .isEqualTo(
            START.formatted("run")
                + """
                "state":"SUCCEEDED","units":15,"outcomes":{"RAN":0,"CACHED":15,"SHARED":0,\
                "MEMO":0,"SKIPPED":0,"FAILED":0,"CANCELLED":0},"saved_seconds":2.25,\
                "wall_seconds":0.31,"exit_code":0,"message":""}""");
  }

  @Test
  void executorStarting_isItsNameAndTheTimeSoFar() {
    List<String> lines =
        lines(
            console -> {
              Pipelines.warm(RUN).begin(console);
              console.executorStarting("ray", Duration.ofSeconds(2));
            });

    assertThat(lines)
        .containsExactly(START.formatted("starting") + "\"executor\":\"ray\",\"millis\":2000}");
  }

  @Test
  void run_oneUnitNotCached_isUnitWithReasonAndKey() {
    ScriptedRun run = Pipelines.warm(RUN);
    run.unit("delays", 3).ran(Code.ARG_CHANGED, "late-minutes");

    List<String> units =
        lines(run::play).stream().filter(line -> line.contains("\"event\":\"unit\"")).toList();

    int unit = run.firstUnit(run.graph().find("delays").orElseThrow().id()) + 3;
    assertThat(units)
        .containsExactly(
            START.formatted("unit")
                + """
                "step":"delays","partition":3,"label":"month=2001-04","outcome":"RAN",\
                "reason":{"code":"ARG_CHANGED","detail":"late-minutes"},"key":"%s",\
                "attempts":1,"millis":150,"kept":"KEPT"}"""
                    .formatted(run.key(unit).orElseThrow()));
  }

  @Test
  void run_unitWithoutKeyFailed_hasNullKeyAndTheError() {
    ScriptedRun run = Pipelines.warm(RUN).ends(RunState.FAILED, 1, "it failed");
    run.unit("report", 0)
        .failed(new IllegalStateException("a \"quote\" and\na line"))
        .withoutKey()
        .says("it failed");

    List<String> lines = lines(run::play);

    assertThat(lines.get(4))
        .contains("\"key\":null")
        .contains("\"error\":\"java.lang.IllegalStateException: a \\\"quote\\\" and\\na line\"")
        .endsWith("\"message\":\"it failed\"}");
    assertThat(lines.get(6))
        .contains("\"state\":\"FAILED\"")
        .contains("\"exit_code\":1,\"message\":\"it failed\"");
  }

  @Test
  void run_retryAndWarning_areEventsOfTheirOwn() {
    ScriptedRun run = Pipelines.warm(RUN);
    ScriptedRun.Unit unit = run.unit("report", 0).ended(Outcome.FAILED, Code.NO_ENTRY, "");

    List<String> lines =
        lines(
            to -> {
              run.begin(to);
              to.unitRetried(run, run.report(unit), Duration.ofMillis(200));
              to.warning("NOT_KEPT", "the store is full");
            });

    assertThat(lines)
        .containsExactly(
            START.formatted("retry")
                + "\"step\":\"report\",\"partition\":0,\"label\":\"\",\"attempts\":1,"
                + "\"wait_millis\":200}",
            START.formatted("warning")
                + "\"code\":\"NOT_KEPT\",\"message\":\"the store is full\"}");
  }
}

package dev.reprise.ray;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reprise.ray.RayDesk.Ran;
import dev.reprise.ray.RayDesk.Running;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Drivers in processes of their own, and what becomes of them when a real cluster does not last.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // Ray may have to be installed first
class RayRunTest {
  private static final String NAPS = Naps.class.getName();

  @TempDir Path folder;
  private RayDesk desk;

  @BeforeEach
  void sitDown() {
    desk = new RayDesk(folder);
  }

  @AfterEach
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void stopCluster() throws Exception {
    desk.close();
  }

  /**
   * ENGINES R14: Ray would set up its logging on standard output. FAULTS 9: no orphan publishes.
   */
  @Test
  void run_jsonConsole_hasStandardOutputForItself_alsoAfterADriverWasKilled() throws Exception {
    desk.startCluster("--no-dashboard");
    Running killed = desk.start(NAPS, "run", "--executor", "ray", "--param", "millis=1500");
    desk.awaitSaid(killed, "RUN        nap");
    Thread.sleep(1500);
    killed.process().destroyForcibly().waitFor();

    Ran second = onRay("--param", "millis=1500", "--console=json");

    assertThat(second.exit()).as(second.err()).isZero();
    assertThat(second.err()).isEmpty();
    List<String> ran = new ArrayList<>();
    for (String line : second.out().lines().toList()) {
      JsonNode event = new ObjectMapper().readTree(line);
      assertThat(event.get("schema").asInt()).isEqualTo(1);
      if (event.get("event").asText().equals("unit")) {
        ran.add(event.get("step").asText());
      }
    }
    // What the first driver had not yet committed is not there, whatever its workers did.
    assertThat(ran).contains("nap", "sum").doesNotContain("numbers");
    assertThat(onRay("--param", "millis=1500").out()).contains("6 cached · 0 ran");
  }

  /** FAULTS 8: never the user's error, never the code of a failed step, and not for ever. */
  @ParameterizedTest
  @ValueSource(strings = {"raylet", "gcs_server", "all of it, in good order"})
  void cluster_isGoneInMidRun_endsWithFourAndWhatWasDoneIsKept(String what) throws Exception {
    desk.startCluster("--no-dashboard");
    Running running =
        desk.start(NAPS, "run", "--executor", "ray", "--param", "naps=40", "--param", "millis=700");
    desk.awaitSaid(running, "RUN        nap");
    Thread.sleep(4000);

    if (what.contains(" ")) {
      desk.stopCluster();
    } else {
      desk.kill(what);
    }
    Ran ran = desk.await(running);

    assertThat(ran.exit()).as(ran.out() + ran.err()).isEqualTo(4);
    assertThat(ran.err()).contains("the Ray cluster at ", " is gone: ");
    assertThat(ran.out()).doesNotContain("FAILED");
    Ran here =
        desk.run(
            NAPS, "run", "--executor", "ray=local", "--param", "naps=40", "--param", "millis=700");
    assertThat(here.exit()).as(here.err()).isZero();
    assertThat(here.out()).containsPattern("[1-9]\\d? cached");
  }

  /** ENGINES R15. */
  @Test
  void cluster_asksForAToken_takesTheRightOneAndNoOther() throws Exception {
    desk.with("RAY_AUTH_MODE", "token").with("RAY_AUTH_TOKEN", "right".repeat(12));
    desk.startCluster("--no-dashboard");

    assertThat(onRay().exit()).isZero();
    Ran fine = desk.run(NAPS, "doctor", "--ray");
    assertThat(fine.exit()).as(fine.out()).isZero();
    assertThat(fine.out())
        .contains("ok    ray", "ok    worker", "ok    versions", "ok    opens")
        .contains("ok    store", "ok    folders", "ok    clock");

    desk.with("RAY_AUTH_TOKEN", "wrong".repeat(12));
    Ran refused = onRay("--param", "naps=5");
    assertThat(refused.exit()).as(refused.err()).isEqualTo(4);
    assertThat(refused.err()).contains("the token from RAY_AUTH_TOKEN may be wrong");
    Ran ill = desk.run(NAPS, "doctor", "--ray");
    assertThat(ill.exit()).as(ill.out()).isEqualTo(4);
    assertThat(ill.out()).contains("fail  ray", "the token from RAY_AUTH_TOKEN may be wrong");
  }

  private Ran onRay(String... options) throws Exception {
    List<String> words = new ArrayList<>(List.of("run", "--executor", "ray"));
    words.addAll(List.of(options));
    return desk.run(NAPS, words.toArray(String[]::new));
  }
}

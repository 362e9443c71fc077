package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.CliLab;
import dev.reprise.cli.CliLab.Ran;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No time at all needs no unit, wherever a user writes a duration. */
class ZeroDurationTest {
  @TempDir Path folder;
  private CliLab lab;

  @BeforeEach
  void fillTheCache() {
    lab =
        new CliLab(folder)
            .with(
                "p",
                p -> {
                  p.step("greet", task(ZeroDurationTest::greet), p.param("wait", Duration.ZERO));
                  p.step("leave", task(ZeroDurationTest::leave), p.value("x"));
                });
    assertThat(lab.run("run", "p").exit()).isZero();
    Bodies.take();
  }

  static String greet(Duration after) {
    Bodies.ran("greet");
    return "hello after " + after;
  }

  static String leave(String name) {
    Bodies.ran("leave");
    return "bye " + name;
  }

  @Test
  void maxAge_zeroWithoutAUnit_takesNothingOfAllStepsOrOfOne() {
    assertThat(lab.run("run", "p", "--policy", "max-age=0").exit()).isZero();
    assertThat(Bodies.take()).containsExactly("greet", "leave");
    assertThat(lab.run("run", "p", "--policy", "max-age=leave=0").exit()).isZero();
    assertThat(Bodies.take()).containsExactly("leave");
    lab.environment.put("REPRISE_POLICY_MAX_AGE", "0");
    assertThat(lab.run("run", "p").exit()).isZero();
    assertThat(Bodies.take()).containsExactly("greet", "leave");
    assertThat(lab.run("runs", "show", "latest").out()).contains("max-age=0s");
  }

  @Test
  void parameter_zeroWithoutAUnit_isTheSameDurationAndKey() {
    assertThat(lab.run("run", "p", "-p", "wait=0").exit()).isZero();
    assertThat(Bodies.take()).isEmpty();
    assertThat(lab.run("run", "p", "-p", "wait=0x").exit()).isEqualTo(2);
  }

  @Test
  void setting_thatMustNotBeZero_isRefusedAllTheSame() {
    Ran gc = lab.run("cache", "gc", "--max-age", "0");
    assertThat(gc.exit()).isEqualTo(2);
    assertThat(gc.err()).contains("'gc.max-age' cannot be '0', wanted a duration of more than 0");
    Ran ttl = lab.run("run", "p", "--policy", "ttl=0");
    assertThat(ttl.exit()).isEqualTo(2);
    assertThat(ttl.err()).contains("'policy.ttl' cannot be '0'");
    assertThat(Bodies.take()).isEmpty();
  }
}

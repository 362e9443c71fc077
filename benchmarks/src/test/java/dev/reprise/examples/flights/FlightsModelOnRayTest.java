package dev.reprise.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ray.RayDesk;
import dev.reprise.ray.RayDesk.Ran;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Spark and Ray in one driver, on a real cluster of Ray; ENGINES R13. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // Ray may have to be installed first
class FlightsModelOnRayTest {
  @TempDir Path folder;
  private RayDesk desk;

  @BeforeEach
  void startCluster() throws Exception {
    desk = new RayDesk(folder).startCluster("--no-dashboard");
  }

  @AfterEach
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void stopCluster() throws Exception {
    desk.close();
  }

  @Test
  void run_sparkThenRay_thenOneSettingMore_thenWithoutTheCluster() throws Exception {
    assertThat(flights("sweep=6")).contains("0 cached · 15 ran");

    assertThat(flights("sweep=7")).contains("12 cached · 4 ran");

    desk.stopCluster();
    assertThat(flights("sweep=7")).contains("16 cached · 0 ran");
  }

  @Test
  void run_rayThenSparkThenRay_tablesCrossAsTheyAre() throws Exception {
    Ran ran = desk.run("dev.reprise.ray.Turns", "run", "--param", "from=1");

    assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
    assertThat(ran.out()).contains("0 cached · 3 ran");
    assertThat(desk.run("dev.reprise.ray.Turns", "result", "sum").out()).contains("1001000");
  }

  private String flights(String... parameters) throws Exception {
    List<String> words = new ArrayList<>(List.of("run", "flights-model", "--param", "one-in=400"));
    for (String parameter : parameters) {
      words.addAll(List.of("--param", parameter));
    }
    Ran ran = desk.run("dev.reprise.cli.Main", words.toArray(String[]::new));
    assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
    return ran.out();
  }
}

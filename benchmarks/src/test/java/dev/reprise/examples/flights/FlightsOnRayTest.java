package dev.reprise.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ray.RayDesk;
import dev.reprise.ray.RayDesk.Ran;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The shipped pipeline on a real Ray cluster of one node: the same keys, so the same cache. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // Ray may have to be installed first
class FlightsOnRayTest {
  private static final String NOBODY = "127.0.0.1:1";

  @TempDir Path folder;
  private RayDesk desk;

  @BeforeEach
  void sitDown() {
    desk = new RayDesk(folder);
  }

  @Test
  void run_rayIsLocal_needsNoClusterAndHasTheSameKeys() throws Exception {
    assertThat(reprise("run", "flights", "--executor", "ray=local", "--ray-address", NOBODY))
        .contains("executor ray=local", "14 ran");

    assertThat(reprise("run", "flights")).contains("14 cached · 0 ran");
    assertThat(reprise("run", "flights", "--executor", "ray", "--ray-address", NOBODY))
        .contains("14 cached · 0 ran");
  }

  @Test
  void run_locallyAfterARunOnRay_executesNothing() throws Exception {
    try (RayDesk cluster = desk.startCluster("--no-dashboard")) {
      assertThat(reprise(cluster, "run", "flights", "--executor", "ray")).contains("14 ran");
    }

    assertThat(reprise("run", "flights")).contains("14 cached · 0 ran");
  }

  private String reprise(String... arguments) throws Exception {
    return reprise(desk, arguments);
  }

  private static String reprise(RayDesk desk, String... arguments) throws Exception {
    Ran ran = desk.run("dev.reprise.cli.Main", arguments);
    assertThat(ran.exit()).as(ran.err()).isZero();
    return ran.out();
  }
}

package dev.reprise.ray;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ray.RayDesk.Ran;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A driver as a job of the cluster, by Ray's own client (ENGINES R16). */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // Ray may have to be installed first
class RaySubmitTest {
  private static final Path LAUNCHER =
      Path.of("..", "plugins-ray/src/main/scripts/launcher.sh").toAbsolutePath().normalize();

  @TempDir Path folder;
  private RayDesk desk;

  @BeforeEach
  void sitDown() {
    desk =
        new RayDesk(folder)
            .with("REPRISE_CLASSPATH", RayDesk.classPath())
            .with("REPRISE_MAIN", Naps.class.getName())
            .with("REPRISE_HOME", folder.resolve("home").toString());
  }

  @AfterEach
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void stopCluster() throws Exception {
    desk.close();
  }

  @Test
  void submit_driver_succeedsOrFailsWithItsExitCode() throws Exception {
    desk.startCluster();

    Ran good = submit("run");
    assertThat(good.exit()).as(good.out() + good.err()).isZero();
    assertThat(good.out()).contains("executor ray", "0 cached · 6 ran", "SUCCEEDED");

    Ran bad = submit("run", "--param", "millis=-1");
    assertThat(bad.exit()).isNotZero();
    assertThat(bad.out()).contains("no nap of -1 ms");
    assertThat(bad.out() + bad.err()).contains("FAILED").contains("failed with exit code 1");
  }

  private Ran submit(String... arguments) throws Exception {
    Properties cluster = desk.record();
    // …/lib/python3/site-packages/ray/jars/ray_dist.jar, and …/bin/ray
    Path ray = Path.of(cluster.getProperty("jar"));
    for (int i = 0; i < 6; i++) {
      ray = ray.getParent();
    }
    List<String> command = new ArrayList<>();
    command.add(ray.resolve("bin/ray").toString());
    command.addAll(List.of("job", "submit", "--address", cluster.getProperty("dashboard")));
    command.addAll(List.of("--", LAUNCHER.toString()));
    command.addAll(List.of(arguments));
    return desk.run(command);
  }
}

package dev.reprise.ray;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reprise.ray.RayDesk.Ran;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  private static final Pattern ID = Pattern.compile("raysubmit_\\w+");

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

  @Test
  void submit_driver_jobEndsAsTheDriverDoes() throws Exception {
    desk.startCluster();

    Ran good = submit("run");
    assertThat(good.exit()).as(good.out() + good.err()).isZero();
    assertThat(good.out()).contains("executor ray", "0 cached · 6 ran");
    assertEnded(good, "SUCCEEDED", 0);

    Ran again = submit("run");
    assertThat(again.exit()).as(again.out() + again.err()).isZero();
    assertThat(again.out()).contains("6 cached · 0 ran");

    Ran bad = submit("run", "--param", "bad=2");
    assertThat(bad.exit()).isNotZero();
    assertThat(bad.out()).contains("error: nap:2 failed in attempt 1", "nap 2 is bad");
    assertEnded(bad, "FAILED", 1);

    Ran wrong = submit("runn");
    assertEnded(wrong, "FAILED", 2);
  }

  private Ran submit(String... arguments) throws Exception {
    ObjectNode variables = new ObjectMapper().createObjectNode();
    variables.put("LAUNCHER_CLASSPATH", RayDesk.classPath());
    variables.put("LAUNCHER_MAIN", Naps.class.getName());
    variables.put("REPRISE_HOME", folder.resolve("home").toString());
    String environment =
        new ObjectMapper().createObjectNode().set("env_vars", variables).toString();
    Properties cluster = desk.record();
    // …/lib/python3/site-packages/ray/jars/ray_dist.jar, and …/bin/ray
    Path ray = Path.of(cluster.getProperty("jar"));
    for (int i = 0; i < 6; i++) {
      ray = ray.getParent();
    }
    List<String> words = new ArrayList<>();
    words.add(ray.resolve("bin/ray").toString());
    words.addAll(List.of("job", "submit", "--address", cluster.getProperty("dashboard")));
    words.addAll(List.of("--runtime-env-json", environment, "--", LAUNCHER.toString()));
    words.addAll(List.of(arguments));
    return desk.run(words);
  }

  /** What the cluster says of a job. */
  private void assertEnded(Ran submitted, String status, int exitCode) throws Exception {
    Matcher id = ID.matcher(submitted.out());
    assertThat(id.find()).as(submitted.out()).isTrue();
    URI job = URI.create(desk.record().getProperty("dashboard") + "/api/jobs/" + id.group());
    String answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(job).build(), BodyHandlers.ofString())
            .body();
    JsonNode told = new ObjectMapper().readTree(answer);
    assertThat(told.get("status").asText()).as(answer).isEqualTo(status);
    assertThat(told.get("driver_exit_code").asInt()).as(answer).isEqualTo(exitCode);
  }
}

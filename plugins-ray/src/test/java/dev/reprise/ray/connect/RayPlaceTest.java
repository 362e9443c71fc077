package dev.reprise.ray.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.executor.ExecutorUnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RayPlaceTest {
  @TempDir Path folder;
  private ServerSocket head;
  private String address;
  private Path jar;

  @BeforeEach
  void listen() throws IOException {
    head = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    address = "127.0.0.1:" + head.getLocalPort();
    jar = Files.createFile(folder.resolve("ray_dist.jar"));
  }

  @AfterEach
  void close() throws IOException {
    head.close();
  }

  @Test
  void find_nothingNamed_isTheClusterThatWasStartedHereWithItsJar() throws Exception {
    record(address, jar);

    assertThat(RayPlace.find(null, null, state())).isEqualTo(new RayPlace(address, jar));
    assertThat(RayPlace.find(address, null, state()).jar()).isEqualTo(jar);
  }

  /** ENGINES R2: a jar of another release cannot speak with a cluster. */
  @Test
  void find_anotherClusterIsNamed_hasNotTheJarOfTheOneThatWasStartedHere() throws Exception {
    record("127.0.0.1:1", jar);

    Path found = null;
    try {
      found = RayPlace.find(address, null, state()).jar();
    } catch (ExecutorUnavailableException e) {
      assertThat(e).hasMessageContaining("no ray_dist.jar found"); // python here has no Ray
    }
    assertThat(found).isNotEqualTo(jar);
  }

  @Test
  void find_nobodyListens_saysWhereAndWhatToDo() throws Exception {
    record("127.0.0.1:1", jar);

    assertThatThrownBy(() -> RayPlace.find(null, null, state()))
        .isInstanceOf(ExecutorUnavailableException.class)
        .hasMessageContainingAll("127.0.0.1:1", "reprise cluster ray start");
  }

  private Map<String, String> state() {
    return Map.of("XDG_STATE_HOME", folder.toString());
  }

  private void record(String at, Path itsJar) throws IOException {
    Path to = Files.createDirectories(folder.resolve("reprise/ray")).resolve("cluster");
    Files.writeString(to, "address=%s\njar=%s\n".formatted(at, itsJar));
  }
}

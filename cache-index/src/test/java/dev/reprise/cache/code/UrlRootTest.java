package dev.reprise.cache.code;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Code that comes from a server. */
class UrlRootTest {
  @Test
  void read_serverDoesNotAnswer_failsInTime() throws Exception {
    // It takes connections, by its backlog, and says nothing.
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String address = "http://127.0.0.1:%d/code/A.class".formatted(server.getLocalPort());
      URL url = new URL(address);
      ClassLoader loader =
          new URLClassLoader(new URL[0]) {
            @Override
            public URL getResource(String name) {
              return url;
            }
          };

      assertThatThrownBy(() -> new UrlRoot(loader, Duration.ofMillis(100)).read("A.class"))
          .isInstanceOf(SocketTimeoutException.class);
    }
  }
}

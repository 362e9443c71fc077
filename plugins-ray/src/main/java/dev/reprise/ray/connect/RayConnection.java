package dev.reprise.ray.connect;

import dev.reprise.cache.base.Ticker;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.ray.connect.RayCalls.Node;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's connection to a cluster. There is at most one, made at first need and ended with
 * the process: that is how Ray is made.
 */
public final class RayConnection {
  private static final Logger LOG = LoggerFactory.getLogger(RayConnection.class);
  private static final String BRIDGE = "dev.reprise.ray.bridge.RayBridge";
  private static final long INIT_SECONDS = 60;
  private static final long GOODBYE_MILLIS = 5_000;
  private static final Duration ANSWER = Duration.ofSeconds(30);

  /**
   * What workers' JVMs are started with: Arrow reaches into java.nio; the others let Ray's own
   * exceptions pass.
   */
  private static final List<String> WORKER_OPTIONS =
      List.of(
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
          "--add-opens=java.base/java.io=ALL-UNNAMED",
          "--add-opens=java.base/java.net=ALL-UNNAMED",
          "--add-opens=java.base/java.text=ALL-UNNAMED",
          "--add-opens=java.base/java.time=ALL-UNNAMED",
          "--add-opens=java.base/java.math=ALL-UNNAMED",
          "-Dfile.encoding=UTF-8",
          "-XX:+UseSerialGC");

  private static @Nullable RayConnection current;

  private final RayPlace place;
  private final RayCalls calls;
  private final NodeQuestion nodes;

  /** Sockets of the raylets on this machine, one of which is the driver's; once it is known. */
  private volatile List<Path> raylets = List.of();

  private RayConnection(RayPlace place, RayCalls calls) {
    this.place = place;
    this.calls = calls;
    this.nodes = new NodeQuestion(calls::nodes, Ticker.system());
  }

  /**
   * Returns the connection to the cluster at {@code place}; connects if there is none yet.
   *
   * @param codeSearchPath folder with the bootstrap's jar; counts for the process's first
   *     connection
   * @throws ExecutorUnavailableException if it cannot be had, or this process is connected to
   *     another
   */
  public static synchronized RayConnection to(RayPlace place, Path codeSearchPath)
      throws ExecutorUnavailableException {
    RayConnection connection = current;
    if (connection == null) {
      connection = new RayConnection(place, connect(place, codeSearchPath));
      current = connection;
    } else if (!connection.place.address().equals(place.address())) {
      throw new ExecutorUnavailableException(
          "this process is connected to the Ray cluster at %s and can have no other; start another process for %s"
              .formatted(connection.place.address(), place.address()),
          null);
    }
    return connection;
  }

  private static RayCalls connect(RayPlace place, Path codeSearchPath)
      throws ExecutorUnavailableException {
    System.setProperty("ray.address", place.address());
    System.setProperty("ray.job.code-search-path", codeSearchPath.toString());
    System.setProperty("ray.logging.level", System.getProperty("ray.logging.level", "WARN"));
    for (int i = 0; i < WORKER_OPTIONS.size(); i++) {
      System.setProperty("ray.job.jvm-options." + i, WORKER_OPTIONS.get(i));
    }
    FutureTask<RayCalls> init = new FutureTask<>(() -> init(place));
    Thread thread = new Thread(init, "reprise-ray-init");
    thread.setDaemon(true);
    thread.start();
    try {
      RayCalls calls = init.get(INIT_SECONDS, TimeUnit.SECONDS);
      LOG.debug("connected to the Ray cluster at {} (Ray {})", place.address(), place.release());
      return calls;
    } catch (ExecutionException e) {
      throw new ExecutorUnavailableException(
          "Ray %s cannot connect to the cluster at %s: %s; %s"
              .formatted(
                  place.release(),
                  place.address(),
                  e.getCause(),
                  wayOut(System.getenv(), place.jar())),
          e.getCause());
    } catch (TimeoutException e) {
      throw new ExecutorUnavailableException(
          "the Ray cluster at %s did not take this driver within %s s; does a node of it run on this machine? %s"
              .formatted(place.address(), INIT_SECONDS, wayOut(System.getenv(), place.jar())),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExecutorUnavailableException("interrupted while connecting to Ray", e);
    }
  }

  /** Ray does not tell a cluster that refuses from one that it cannot speak with. */
  static String wayOut(Map<String, String> environment, Path jar) {
    String release = "is the cluster's Ray the one that " + jar + " is from?";
    if (!"token".equals(environment.get("RAY_AUTH_MODE"))) {
      return "if the cluster asks for a token, set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN; else "
          + release;
    }
    String from =
        environment.containsKey("RAY_AUTH_TOKEN")
            ? "RAY_AUTH_TOKEN"
            : environment.getOrDefault("RAY_AUTH_TOKEN_PATH", "~/.ray/auth_token");
    return "the token from %s may be wrong: compare it with the cluster's; else %s"
        .formatted(from, release);
  }

  private static RayCalls init(RayPlace place) throws ReflectiveOperationException {
    ClassLoader loader = new RayLoader(place.jar());
    Thread.currentThread().setContextClassLoader(loader);
    RayCalls calls =
        Class.forName(BRIDGE, true, loader)
            .asSubclass(RayCalls.class)
            .getConstructor()
            .newInstance();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(place, calls), "reprise-ray-end"));
    calls.init();
    return calls;
  }

  /** A driver that is gone is noticed anyhow; one that says so is listed as one that ended well. */
  private static void leave(RayPlace place, RayCalls calls) {
    try {
      if (place.answers()) {
        Thread goodbye = new Thread(calls::shutdown, "reprise-ray-goodbye");
        goodbye.setDaemon(true);
        goodbye.start();
        goodbye.join(GOODBYE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      calls.endAtOnce();
    }
  }

  /** Where the cluster is. */
  public RayPlace place() {
    return place;
  }

  /**
   * Whether the cluster's head and this machine's raylet can be reached now; takes at most a
   * second.
   */
  public boolean answers() {
    return place.answers()
        && (raylets.isEmpty() || raylets.stream().anyMatch(RayConnection::listens));
  }

  private static boolean listens(Path socket) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      return false;
    }
  }

  /** The nodes that are alive; see {@link #nodes(Duration)}. */
  public List<Node> nodes() {
    return nodes(ANSWER);
  }

  /**
   * The nodes that are alive; for them the head is asked. {@code RayCalls.nodes} waits for ever for
   * one that hangs.
   *
   * @throws IllegalStateException if it does not tell within {@code patience}, or Ray fails; may be
   *     asked again
   */
  public List<Node> nodes(Duration patience) {
    List<Node> alive = nodes.ask(patience);
    if (raylets.isEmpty()) {
      raylets = alive.stream().map(node -> Path.of(node.socket())).filter(Files::exists).toList();
    }
    return alive;
  }

  /** What can be asked of the cluster. */
  public RayCalls calls() {
    return calls;
  }
}

package dev.reprise.ray.connect;

import dev.reprise.cache.base.Text;
import dev.reprise.executor.ExecutorUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where a cluster is, and the jar that speaks with it.
 *
 * @param address host and port of the head
 * @param jar the cluster's own {@code ray_dist.jar}
 */
public record RayPlace(String address, Path jar) {
  private static final String HOW_TO_START =
      "; start one on this machine with 'reprise cluster ray start', or name one with --ray-address"
          + " HOST:PORT or RAY_ADDRESS";
  private static final int CONNECT_MILLIS = 5_000;
  private static final int ANSWER_MILLIS = 1_000;

  /**
   * Finds the cluster: as it is named by options, by {@code RAY_ADDRESS}, or the one that {@code
   * reprise cluster ray start} started; and its jar likewise, that script's only for the cluster
   * that it started, or that of the {@code ray} package that python has.
   *
   * @param named address that an option names; null for none
   * @param namedJar jar that an option names; null for none
   * @throws ExecutorUnavailableException if there is none; says what to do
   */
  public static RayPlace find(
      @Nullable String named, @Nullable String namedJar, Map<String, String> environment)
      throws ExecutorUnavailableException {
    Properties started = startedHere(environment);
    String ofStarted = started.getProperty("address");
    String wanted = named == null || named.isBlank() ? environment.get("RAY_ADDRESS") : named;
    if (wanted == null || wanted.isBlank() || wanted.equals("auto")) {
      wanted = ofStarted;
    }
    if (wanted == null) {
      throw new ExecutorUnavailableException("no Ray cluster is known" + HOW_TO_START, null);
    }
    String address = wanted.strip();
    checkReachable(address);
    // The record may be of a cluster that is no more; another one's Ray may be of another release.
    String jarOfStarted = address.equals(ofStarted) ? started.getProperty("jar") : null;
    return new RayPlace(address, jar(namedJar, jarOfStarted, environment));
  }

  /** What the script that starts clusters wrote down; empty if there is none. */
  private static Properties startedHere(Map<String, String> environment) {
    Properties properties = new Properties();
    String home = environment.getOrDefault("HOME", System.getProperty("user.home", ""));
    String state = environment.get("XDG_STATE_HOME");
    Path folder =
        state == null || state.isEmpty() ? Path.of(home, ".local", "state") : Path.of(state);
    try (Reader in = Files.newBufferedReader(folder.resolve("reprise/ray/cluster"))) {
      properties.load(in);
    } catch (IOException e) {
      // None was started, or it was stopped.
    }
    return properties;
  }

  /** Ray itself would try for a long time, and then end the process. */
  private static void checkReachable(String address) throws ExecutorUnavailableException {
    int colon = address.lastIndexOf(':');
    if (colon <= 0
        || address.contains("://")
        || !address.substring(colon + 1).matches("\\d{1,5}")) {
      throw new ExecutorUnavailableException(
          "'%s' is no address of a Ray cluster: wanted HOST:PORT of its head, as 'ray start --head' tells it"
              .formatted(address),
          null);
    }
    try {
      connect(address, CONNECT_MILLIS);
    } catch (IOException | IllegalArgumentException e) {
      throw new ExecutorUnavailableException(
          "no Ray cluster answers at %s (%s)%s".formatted(address, Text.why(e), HOW_TO_START), e);
    }
  }

  private static void connect(String address, int millis) throws IOException {
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, colon);
    int port = Integer.parseInt(address.substring(colon + 1));
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), millis);
    }
  }

  /** Whether the head can be reached now; takes at most a second. */
  boolean answers() {
    try {
      connect(address, ANSWER_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static Path jar(
      @Nullable String named, @Nullable String ofStarted, Map<String, String> environment)
      throws ExecutorUnavailableException {
    if (named != null && !named.isBlank()) {
      return existing(Path.of(named), "option ray.jar");
    }
    Optional<Path> onClassPath = onClassPath();
    if (onClassPath.isPresent()) {
      return onClassPath.get();
    }
    if (ofStarted != null) {
      return existing(Path.of(ofStarted), "the cluster started here");
    }
    return existing(ofPython(environment), "python's package ray");
  }

  private static Path existing(Path jar, String from) throws ExecutorUnavailableException {
    if (!Files.isRegularFile(jar)) {
      throw new ExecutorUnavailableException(
          "%s names %s, which is not there; give the cluster's ray/jars/ray_dist.jar with -Dreprise.ray.jar"
              .formatted(from, jar),
          null);
    }
    return jar.toAbsolutePath().normalize();
  }

  /** Whoever starts a driver on a cluster may have put the jar there. */
  private static Optional<Path> onClassPath() {
    URL found =
        RayPlace.class.getClassLoader().getResource("io/ray/runtime/RayNativeRuntime.class");
    if (found == null || !found.getProtocol().equals("jar")) {
      return Optional.empty();
    }
    String inside = found.getPath();
    try {
      return Optional.of(Path.of(new URL(inside.substring(0, inside.indexOf("!/"))).toURI()));
    } catch (IOException | URISyntaxException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Path ofPython(Map<String, String> environment)
      throws ExecutorUnavailableException {
    String python = environment.containsKey("VIRTUAL_ENV") ? "python" : "python3";
    String program =
        "import importlib.util as u; print(list(u.find_spec('ray').submodule_search_locations)[0])";
    try {
      Process process =
          new ProcessBuilder(python, "-c", program)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try (InputStream out = process.getInputStream()) {
        process.getOutputStream().close();
        boolean ended = process.waitFor(20, TimeUnit.SECONDS);
        if (ended && process.exitValue() == 0) {
          String folder = new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
          return Path.of(folder, "jars", "ray_dist.jar");
        }
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      // No such python.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new ExecutorUnavailableException(
        "no ray_dist.jar found: %s has no package ray; give the cluster's own with -Dreprise.ray.jar=…/ray/jars/ray_dist.jar"
            .formatted(python),
        null);
  }

  /** The release of the jar's Ray, for people; empty if the jar does not tell. */
  public String release() {
    // ray/jars/ray_dist.jar, and ray/_version.py two folders up.
    Path ray = Objects.requireNonNull(jar.getParent()).getParent();
    if (ray == null) {
      return "";
    }
    try {
      for (String line : Files.readAllLines(ray.resolve("_version.py"))) {
        if (line.toLowerCase(Locale.ROOT).startsWith("version")) {
          return line.replaceAll(".*[\"'](.*)[\"'].*", "$1");
        }
      }
    } catch (IOException e) {
      // Another layout.
    }
    return "";
  }
}

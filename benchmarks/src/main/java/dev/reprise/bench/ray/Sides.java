package dev.reprise.bench.ray;

import static dev.reprise.cache.base.Checks.checkState;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.base.Bytes;
import dev.reprise.task.Task;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A cluster and the two drivers that use it in turns. */
final class Sides implements AutoCloseable {
  /** As many units in a task as the executor likes. */
  static final int MANY = 1000;

  private final RayHere cluster;
  private final DriverProcess ours;
  private final DriverProcess peer;

  /**
   * Starts all of it.
   *
   * @param chunk how many units may share a task of ours
   * @param peer main class of the peer's driver
   */
  Sides(Path folder, int chunk, String peer) throws IOException, InterruptedException {
    cluster = RayHere.start(folder);
    try {
      ours = ours(folder, cluster, chunk);
    } catch (IOException | RuntimeException e) {
      AfterFailure.close(e, cluster);
      throw e;
    }
    try {
      this.peer = peer(folder, cluster, peer);
    } catch (IOException | RuntimeException e) {
      AfterFailure.close(e, ours);
      AfterFailure.close(e, cluster);
      throw e;
    }
  }

  private static DriverProcess ours(Path folder, RayHere cluster, int chunk) throws IOException {
    // Surefire says that the working folder is on the class path, which it is not.
    String classPath =
        System.getProperty("java.class.path").replaceAll(File.pathSeparator + "+$", "");
    return new DriverProcess(
        folder,
        ManagementFactory.getRuntimeMXBean().getInputArguments(),
        classPath,
        OnReprise.class.getName(),
        List.of(folder.toString(), cluster.address(), cluster.jar().toString(), "" + chunk));
  }

  /** Starts a driver of the peer, in a JVM with the same options. */
  static DriverProcess peer(Path folder, RayHere cluster, String main) throws IOException {
    String code = code(type(main), Units.class, Pipeline.class, Task.class, Bytes.class);
    List<String> options =
        new ArrayList<>(ManagementFactory.getRuntimeMXBean().getInputArguments());
    options.add("-Dray.address=" + cluster.address());
    options.add("-Dray.job.code-search-path=" + code);
    options.add("-Dray.job.jvm-options.0=-XX:+UseSerialGC"); // as our workers have it
    options.add("-Dray.logging.level=WARN");
    return new DriverProcess(
        folder, options, cluster.jar() + File.pathSeparator + code, main, List.of());
  }

  /** The folders or jars that have these classes. */
  private static String code(Class<?>... classes) {
    return Stream.of(classes).map(Sides::place).distinct().collect(Collectors.joining(":"));
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName(name, false, Sides.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException("there is no class " + name, e);
    }
  }

  private static String place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Our driver. */
  DriverProcess ours() {
    return ours;
  }

  /** The peer's. */
  DriverProcess peer() {
    return peer;
  }

  /**
   * How long a driver says that something took, in nanoseconds.
   *
   * @param answer nanoseconds, and the digest of what it computed
   */
  static double checked(String whose, List<String> answer, long expected) {
    long digest = Long.parseLong(answer.get(1));
    checkState(digest == expected, "%s results are others", whose);
    return Double.parseDouble(answer.get(0));
  }

  /** All processes that either side uses. */
  Stream<ProcessHandle> processes() {
    return Stream.concat(cluster.processes(), Stream.of(ours.handle(), peer.handle()));
  }

  @Override
  public void close() throws IOException, InterruptedException {
    try (cluster) {
      try (ours) {
        peer.close();
      }
    }
  }
}

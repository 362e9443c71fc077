package dev.reprise.ray;

import dev.reprise.cache.base.Text;
import dev.reprise.cache.code.MethodRef;
import dev.reprise.cache.codec.Codec;
import dev.reprise.cache.codec.Codecs;
import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.executor.Argument;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.Check;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskCode.Kind;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.ray.connect.RayCalls.Node;
import dev.reprise.ray.connect.RayPlace;
import dev.reprise.ray.worker.Probe;
import dev.reprise.task.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Runs a unit on each node of a cluster, as a run would, and says what it found. */
final class RayCheckup {
  private static final int MOST_NODES = 16;
  private static final long PATIENCE_SECONDS = 120;
  private static final Duration MOST_SKEW = Duration.ofSeconds(5);

  private final Setting setting;
  private final RayExecutor executor;
  private final List<Path> folders;
  private final InstantSource clock;
  private final List<Check> checks = new ArrayList<>();

  /**
   * @param executor not yet used
   * @param folders that workers should see
   */
  RayCheckup(Setting setting, RayExecutor executor, List<Path> folders, InstantSource clock) {
    this.setting = setting;
    this.executor = executor;
    this.folders = folders;
    this.clock = clock;
  }

  List<Check> all() {
    try (executor) {
      RayPlace place = executor.reach().place();
      List<Node> nodes = executor.reach().nodes();
      checks.add(
          Check.ok(
              "ray",
              "Ray %s at %s, nodes: %s"
                  .formatted(
                      place.release(),
                      place.address(),
                      nodes.stream().map(Node::host).collect(Collectors.joining(", ")))));
      for (Node node : nodes.subList(0, Math.min(MOST_NODES, nodes.size()))) {
        look(node, place);
      }
    } catch (ExecutorUnavailableException e) {
      checks.add(Check.fail("ray", Text.why(e), "no unit can run on Ray before that"));
    } catch (IllegalStateException e) {
      checks.add(
          Check.fail(
              "ray",
              "the cluster does not tell its nodes: " + Text.why(e),
              "no unit can run on Ray before that"));
    }
    return checks;
  }

  private void look(Node node, RayPlace place) throws ExecutorUnavailableException {
    String name = "worker";
    try {
      Path tmp = setting.storeFolder().toAbsolutePath().resolve("tmp").resolve(setting.run());
      Path told = Files.writeString(Files.createDirectories(tmp).resolve("probe"), setting.run());
      Path back = told.resolveSibling(told.getFileName() + ".back");
      Files.deleteIfExists(back);
      Instant before = clock.instant();
      AttemptResult result = run(node, told);
      Instant after = clock.instant();
      if (result instanceof AttemptResult.Success success) {
        PartitionRef answer = success.manifest().partitions().get(0);
        Object text =
            Codecs.of(List.of())
                .byId(answer.codec())
                .decode(setting.store().read(answer.location()));
        checks.add(
            Files.exists(back) && Files.readString(back).equals(setting.run())
                ? Check.ok("store", node.host() + " reads and writes it")
                : Check.fail(
                    "store",
                    "what %s wrote to %s is not seen here".formatted(node.host(), back),
                    "name a store with --store that is one folder for all machines"));
        tell(node, place, String.valueOf(text).lines().toList(), before, after);
      } else {
        checks.add(
            Check.fail(
                name,
                "%s cannot run a unit: %s".formatted(node.host(), what(result)),
                "see what Ray says there, in its folder session_latest/logs"));
      }
    } catch (TimeoutException e) {
      checks.add(
          Check.fail(
              name,
              "%s ran no unit within %s s".formatted(node.host(), PATIENCE_SECONDS),
              "is it busy with other jobs, or has it no Java? See Ray's session_latest/logs there"));
    } catch (IOException e) {
      checks.add(Check.fail("store", String.valueOf(e), "name another with --store"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String what(AttemptResult result) {
    return result.fold(
        success -> "",
        error -> error.error().message(),
        damaged -> damaged.why(),
        unreadable -> unreadable.why(),
        lost -> lost.why(),
        cancelled -> "it was cancelled");
  }

  private void tell(Node node, RayPlace place, List<String> lines, Instant before, Instant after) {
    for (String line : lines) {
      String word = line.substring(0, line.indexOf(' '));
      String found = line.substring(word.length() + 1);
      switch (word) {
        case "java" -> checks.add(java(node, found));
        case "nio" ->
            checks.add(
                found.equals("open")
                    ? Check.ok("opens", node.host() + " has those that Arrow needs")
                    : Check.fail(
                        "opens",
                        "java.nio is closed to Arrow on " + node.host(),
                        "let nothing there replace the options of Java workers (JAVA_TOOL_OPTIONS?)"));
        case "jar" -> checks.add(jar(node, place, found));
        case "unseen" ->
            checks.add(
                Check.fail(
                    "folders",
                    "%s does not see %s".formatted(node.host(), found),
                    "mount it there at the same path, or units that read files from it fail"));
        default ->
            checks.add(clock(node, Instant.ofEpochMilli(Long.parseLong(found)), before, after));
      }
    }
    if (lines.stream().noneMatch(line -> line.startsWith("unseen"))) {
      checks.add(
          Check.ok(
              "folders",
              node.host()
                  + " sees "
                  + folders.stream().map(Path::toString).collect(Collectors.joining(", "))));
    }
  }

  private static Check java(Node node, String version) {
    String text = "%s runs Java %s".formatted(node.host(), version);
    return Runtime.Version.parse(version).feature() == Runtime.version().feature()
        ? Check.ok("worker", text)
        : Check.warn(
            "worker",
            text + ", this driver " + Runtime.version().feature(),
            "one of them may not load classes that the other compiled; use one release");
  }

  private static Check jar(Node node, RayPlace place, String digest) {
    return digest.equals(Probe.digest(place.jar()))
        ? Check.ok("versions", node.host() + " has the ray_dist.jar that is used here")
        : Check.fail(
            "versions",
            "%s runs another ray_dist.jar (%s) than %s".formatted(node.host(), digest, place.jar()),
            "give the cluster's own with -Dreprise.ray.jar=…/ray/jars/ray_dist.jar");
  }

  private static Check clock(Node node, Instant there, Instant before, Instant after) {
    Duration off =
        there.isBefore(before)
            ? Duration.between(there, before)
            : there.isAfter(after) ? Duration.between(after, there) : Duration.ZERO;
    String text = "%s is %s s off".formatted(node.host(), off.toMillis() / 1000.0);
    return off.compareTo(MOST_SKEW) <= 0
        ? Check.ok("clock", text)
        : Check.warn("clock", text, "let both machines keep time (NTP)");
  }

  private AttemptResult run(Node node, Path told)
      throws ExecutorUnavailableException, IOException, InterruptedException, TimeoutException {
    Resources pinned = Resources.ONE_CPU;
    for (String resource : node.resources().keySet()) {
      if (resource.startsWith("node:") && !resource.contains("__")) {
        pinned = pinned.with(resource, 0.001);
      }
    }
    TaskCode look =
        new TaskCode(
            new MethodRef(
                Probe.class.getName(),
                Probe.METHOD,
                "(Ljava/lang/String;Ljava/lang/String;)Ljava/lang/String;"),
            Kind.STATIC,
            List.of(),
            false,
            Shape.ONE,
            List.of(),
            1 << 16);
    String seen = folders.stream().map(Path::toString).collect(Collectors.joining("\n"));
    UnitWork unit =
        new UnitWork(1, node.host(), List.of(argument(told.toString()), argument(seen)));
    CompletableFuture<AttemptResult> answer = new CompletableFuture<>();
    executor.submit(
        new WorkChunk(setting.run(), "doctor", look, pinned, List.of(unit)),
        new AttemptListener() {
          @Override
          public void started(long attempt) {}

          @Override
          public void finished(long attempt, AttemptResult result) {
            answer.complete(result);
          }
        });
    try {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e); // it is never completed that way
    }
  }

  private Argument argument(String text) throws IOException {
    try (BlobWriter out = setting.store().write(setting.run(), "doctor", Integer.MAX_VALUE)) {
      Codec codec = Codecs.of(List.of()).forValue(text);
      Codec.Encoded encoded = codec.encode(text, out);
      return new Argument.Encoded(
          new PartitionRef(
              encoded.content(),
              codec.id(),
              out.written(),
              encoded.rows(),
              encoded.schema(),
              out.finish()));
    }
  }
}

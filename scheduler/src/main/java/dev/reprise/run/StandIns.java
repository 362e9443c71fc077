package dev.reprise.run;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What stands for a result in the keys of what takes it, where the user does not want its content:
 * the version that its task says of its data, else the execution that made it.
 *
 * <p>It takes the place of the content in the manifest, so whoever reads that (the next plan, a
 * memo, a run that goes on from this one) need not know of it. Blobs have addresses of their own
 * and are checked by these. A version is one of a step and partition: two steps that say the same
 * do not say that their data are the same.
 */
final class StandIns {
  private final TaskGraph graph;
  private final String run;

  /**
   * @param run id of the run
   */
  StandIns(TaskGraph graph, String run) {
    this.graph = graph;
    this.run = run;
  }

  /** Whether anything stands in for the content of what a step made. */
  static boolean any(Node node, Success success) {
    return node.step().cache().byReference() || !success.dataVersions().isEmpty();
  }

  /**
   * The manifest of a result with what stands for its content.
   *
   * @param label of the unit's partition
   * @param attempt that made it
   */
  Manifest of(Node node, String label, long attempt, Success success) {
    Manifest manifest = success.manifest();
    if (!any(node, success)) {
      return manifest;
    }
    boolean reference = node.step().cache().byReference();
    List<String> names = names(node);
    Fingerprint whole = null;
    List<PartitionRef> partitions = new ArrayList<>();
    for (int i = 0; i < manifest.partitions().size(); i++) {
      PartitionRef partition = manifest.partitions().get(i);
      String version = version(success.dataVersions(), i < names.size() ? names.get(i) : "");
      Fingerprint content = partition.content();
      if (version != null) {
        content = of("reprise/data-version/1", graph.pipeline(), node, label, i, version);
      } else if (reference) {
        content = of("reprise/reference/1", run, node, label, i, Long.toString(attempt));
      }
      whole = whole == null ? content : whole;
      partitions.add(
          new PartitionRef(
              content,
              partition.codec(),
              partition.size(),
              partition.rows(),
              partition.schema(),
              partition.location()));
    }
    if (manifest.shape() == Shape.MANY) {
      return Manifest.many(partitions);
    }
    // Pieces of a table are no results by themselves, and keep their own digests.
    List<PartitionRef> pieces =
        manifest.shape() == Shape.PIECES ? manifest.partitions() : partitions;
    return new Manifest(manifest.shape(), pieces, whole == null ? manifest.content() : whole);
  }

  private static Fingerprint of(
      String kind, String in, Node node, String label, int place, String what) {
    return Hasher.of(kind)
        .putString(in)
        .putString(node.name())
        .putString(label)
        .putLong(place)
        .putString(what)
        .finish();
  }

  private static @Nullable String version(Map<String, String> said, String output) {
    String own = said.get(output);
    return own == null ? said.get("") : own;
  }

  /** Names of the results of a step with several; empty for others. */
  private List<String> names(Node node) {
    for (int consumer : graph.consumers(node.id())) {
      Node view = graph.node(consumer);
      if (view.kind() == Node.Kind.PARTS && view.viewed() == node.id()) {
        return view.parts();
      }
    }
    return List.of();
  }

  /** What was said, for people; empty if nothing was. */
  static String shown(Success success) {
    return success.dataVersions().isEmpty()
        ? ""
        : success.dataVersions().entrySet().stream()
            .map(
                each ->
                    each.getKey().isEmpty()
                        ? each.getValue()
                        : each.getKey() + "=" + each.getValue())
            .sorted()
            .collect(Collectors.joining(", ", "data version ", ""));
  }
}

package dev.reprise.run;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.executor.AttemptResult.Success;
import dev.reprise.graph.Node;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.Planner;
import dev.reprise.plan.UnitTable;
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
 * do not say that their data are the same. Elements that have a number for a name are told apart by
 * what they take, since one that is added before them moves them all.
 */
final class StandIns {
  private final TaskGraph graph;
  private final String run;
  private final UnitTable units;
  private final Planner planner;

  StandIns(Shared run, Planner planner) {
    this.graph = run.graph();
    this.run = run.header().run();
    this.units = run.units();
    this.planner = planner;
  }

  /** Whether anything stands in for the content of what a step made. */
  static boolean any(Node node, Success success) {
    return node.step().cache().byReference() || !success.dataVersions().isEmpty();
  }

  /** Whether what a step made, or one of its results, is known by the execution alone. */
  boolean refers(Node node, Success success) {
    if (!node.step().cache().byReference()) {
      return false;
    }
    List<String> names = names(node);
    Map<String, String> said = success.dataVersions();
    return said.isEmpty() || names.stream().anyMatch(name -> version(said, name) == null);
  }

  /**
   * The manifest of a result with what stands for its content.
   *
   * @param attempt that made it
   */
  Manifest of(int unit, long attempt, Success success) {
    Node node = units.node(unit);
    Manifest manifest = success.manifest();
    if (!any(node, success)) {
      return manifest;
    }
    boolean reference = node.step().cache().byReference();
    List<String> names = names(node);
    String label = units.label(unit);
    List<Fingerprint> elements =
        success.dataVersions().isEmpty() ? List.of() : planner.elements(unit);
    Fingerprint whole = null;
    List<PartitionRef> partitions = new ArrayList<>();
    for (int i = 0; i < manifest.partitions().size(); i++) {
      PartitionRef partition = manifest.partitions().get(i);
      String version = version(success.dataVersions(), i < names.size() ? names.get(i) : "");
      Fingerprint content = partition.content();
      if (version != null) {
        String in = graph.pipeline();
        content =
            elements.isEmpty()
                ? of("reprise/data-version/1", in, node, label, i, version).finish()
                : ofElement(of("reprise/data-version/2", in, node, "", i, version), elements);
      } else if (reference) {
        content = of("reprise/reference/1", run, node, label, i, Long.toString(attempt)).finish();
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

  private static Fingerprint ofElement(Hasher version, List<Fingerprint> elements) {
    elements.forEach(version.putLong(elements.size())::putFingerprint);
    return version.finish();
  }

  private static Hasher of(
      String kind, String in, Node node, String label, int place, String what) {
    return Hasher.of(kind)
        .putString(in)
        .putString(node.name())
        .putString(label)
        .putLong(place)
        .putString(what);
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

package dev.reprise.plan;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.NoteKind;
import dev.reprise.graph.Composite;
import dev.reprise.graph.TaskGraph;
import dev.reprise.plan.CompositeRecord.Generation;
import dev.reprise.plan.CompositeRecord.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What an index knows of a nested pipeline as a whole. */
public final class WholesKept {
  private WholesKept() {}

  /**
   * Which results the steps had together.
   *
   * @param digest of all that decided what was handed out
   * @param steps keys and contents of the units, by the names of steps and views
   */
  public record Kept(Fingerprint digest, Map<String, Units> steps) {}

  /** What the units of a step had; nothing if the step has no keys. */
  public record Units(List<Fingerprint> keys, List<Fingerprint> contents) {}

  /** All that is known of one, the latest first. */
  public static List<Kept> find(TaskGraph graph, Composite whole, CacheIndex index)
      throws CacheUnavailableException {
    Fingerprint id = Composites.recordId(graph.pipeline(), whole.name());
    Bytes bytes = index.notes(NoteKind.COMPOSITE, List.of(id)).get(0);
    List<Kept> all = new ArrayList<>();
    try {
      CompositeRecord record =
          bytes == null ? CompositeRecord.EMPTY : CompositeRecord.decode(bytes, id);
      List<String> names =
          whole.nodes().stream().map(node -> graph.node(node).name()).sorted().toList();
      for (Generation each : record.generations()) {
        Map<String, Units> steps = new TreeMap<>();
        for (int i = 0; i < names.size(); i++) {
          Part part = each.nodes().get(i);
          steps.put(names.get(i), new Units(part.keys(), part.contents()));
        }
        all.add(new Kept(each.of(), steps));
      }
    } catch (BadRecordException e) {
      throw new AssertionError("the record of " + whole.name(), e);
    }
    return all;
  }
}

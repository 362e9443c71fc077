package dev.reprise.run;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.Durations;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.DamagedBlobException;
import dev.reprise.cache.store.Manifest;
import dev.reprise.graph.Edge;
import dev.reprise.graph.Edge.FromNode;
import dev.reprise.graph.Node.Kind;
import dev.reprise.graph.Publication;
import dev.reprise.plan.Outcome;
import dev.reprise.plan.Reason;
import dev.reprise.plan.Reason.Code;
import dev.reprise.plan.UnitTable;
import dev.reprise.run.Publisher.Caller;
import dev.reprise.run.Publisher.Content;
import dev.reprise.run.Publisher.Piece;
import dev.reprise.run.Publisher.State;
import dev.reprise.run.RunListener.PublishPlan;
import dev.reprise.run.RunListener.PublishReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts results at the user's paths when all units have ended, one after the other and each in a
 * thread of its own, since a disk may hang. Results that were found are read before their step is
 * told to have ended, so that a damaged one is made again and fails nothing. Belongs to the run's
 * one thread.
 */
final class Publishing {
  private static final Logger log = LoggerFactory.getLogger(Publishing.class);

  /** After so long somebody wants to know what the run waits for. */
  private static final Duration LONG = Duration.ofSeconds(10);

  private final Shared run;
  private final Set<Integer> unselected;
  private final UnitTable units;
  private final Stopping stopping;
  private final Endings endings;
  private final Healing healing;
  private final Commits commits;
  private final Arguments arguments;
  private final Manifests manifests;
  private final Publisher publisher;
  private final Set<Publication> whole = new HashSet<>();

  private final Map<Publication, Reading> reading = new HashMap<>();

  private final Deque<Publication> waiting = new ArrayDeque<>();
  private final List<String> failures = new ArrayList<>();
  private @Nullable Publication current;
  private volatile boolean givenUp;

  /**
   * What is being read.
   *
   * @param nodes whose results it is made of
   * @param slow tells that it takes long, for as long as it is this that is read
   */
  private record Reading(BitSet nodes, Timers.Timer slow) {}

  private final Caller caller =
      new Caller() {
        @Override
        public boolean goesOn() {
          return !givenUp;
        }

        @Override
        public void warn(String code, String message) {
          run.environment().mailbox().post(() -> warning(code, message));
        }
      };

  /**
   * @param unselected ids of the steps that the run does not execute
   */
  Publishing(
      Shared run,
      Set<Integer> unselected,
      Stopping stopping,
      Endings endings,
      Healing healing,
      Commits commits,
      Arguments arguments,
      Manifests manifests) {
    this.run = run;
    this.unselected = unselected;
    this.units = run.units();
    this.stopping = stopping;
    this.endings = endings;
    this.healing = healing;
    this.commits = commits;
    this.arguments = arguments;
    this.manifests = manifests;
    this.publisher = run.environment().publisher();
  }

  /** Reads what was found and is to be published, as soon as its step has ended. */
  void verify() {
    for (Publication publication : publisher.publications()) {
      if (stopping.halted() == null
          && !whole.contains(publication)
          && !reading.containsKey(publication)
          && hasEnded(publication)) {
        verify(publication);
      }
    }
  }

  private boolean hasEnded(Publication publication) {
    int node = edge(publication).node();
    return units.count(node) >= 0
        && units.open(node) == 0
        && producers(publication).stream().allMatch(unit -> units.outcome(unit) != null);
  }

  private void verify(Publication publication) {
    Content content = content(publication);
    if (content == null) {
      return;
    }
    Map<Integer, Manifest> found = new LinkedHashMap<>();
    if (publisher.state(publication, content.digest()) != State.THERE) {
      for (int unit : producers(publication)) {
        if (units.outcome(unit) != Outcome.RAN) {
          manifests
              .get(unit)
              .ifPresentOrElse(manifest -> found.put(unit, manifest), () -> healing.gone(unit));
        }
      }
    }
    if (!hasEnded(publication)) {
      return; // since an entry is gone
    }
    if (found.isEmpty()) {
      whole.add(publication);
    } else {
      BitSet nodes = new BitSet();
      found.keySet().forEach(unit -> nodes.set(units.nodeOf(unit)));
      Timers.Timer slow = run.timers().after(run.now(), LONG, () -> tellWait(publication));
      reading.put(publication, new Reading(nodes, slow));
      run.environment().threads().execute(() -> read(publication, found));
    }
  }

  /** Whether the run must go on, since results are read that may turn out to be damaged. */
  boolean reads() {
    return !reading.isEmpty() && stopping.halted() == null;
  }

  /** Whether results of this node are among them. */
  boolean reads(int node) {
    return reads() && reading.values().stream().anyMatch(each -> each.nodes().get(node));
  }

  private void tellWait(Publication publication) {
    if (reads()) {
      run.reports()
          .warning(
              "PUBLISH_SLOW",
              "result '%s' is read before it is published at %s, for %s so far: it is large, or its store slow"
                  .formatted(publication.result(), publication.to(), Durations.text(LONG)));
    }
  }

  /** In a thread of its own: bytes may come from far away, slowly or never. */
  private void read(Publication publication, Map<Integer, Manifest> found) {
    Map<Integer, DamagedBlobException> damaged = new HashMap<>();
    for (Map.Entry<Integer, Manifest> each : found.entrySet()) {
      try {
        publisher.check(each.getValue());
      } catch (DamagedBlobException e) {
        damaged.put(each.getKey(), e);
      } catch (Throwable e) { // of user classes, too
        log.debug("a result could not be read: publishing it tells what is wrong", e);
      }
    }
    run.environment().mailbox().post(() -> onRead(publication, found, damaged));
  }

  private void onRead(
      Publication publication,
      Map<Integer, Manifest> found,
      Map<Integer, DamagedBlobException> damaged) {
    run.timers().cancel(requireNonNull(reading.remove(publication)).slow());
    boolean sound = true;
    for (Map.Entry<Integer, Manifest> each : found.entrySet()) {
      int unit = each.getKey();
      DamagedBlobException fault = damaged.get(unit);
      if (stopping.halted() != null) {
        return;
      } else if (!units.known(unit) || !manifests.get(unit).equals(Optional.of(each.getValue()))) {
        sound = false; // made again meanwhile, and looked at again
      } else if (fault != null) {
        sound = false;
        onDamaged(unit, fault);
      }
    }
    if (sound) {
      whole.add(publication);
    }
  }

  private void onDamaged(int unit, DamagedBlobException e) {
    stopping.cacheFailed(
        6, "the result of '%s' cannot be used: %s".formatted(units.name(unit), e.getMessage()));
    if (stopping.halted() == null) {
      commits.setAside(e.blob());
      Code code = e.missing() ? Code.BLOB_MISSING : Code.BLOB_CORRUPT;
      healing.damaged(unit, new Reason(code, String.valueOf(e.getMessage())));
    }
  }

  /** What a run would do, now that it is planned. */
  List<PublishPlan> plan() {
    List<PublishPlan> plans = new ArrayList<>();
    for (Publication publication : publisher.publications()) {
      Content content = content(publication);
      Fingerprint digest = content == null ? null : content.digest();
      plans.add(
          new PublishPlan(
              publication,
              publisher.state(publication, digest),
              content != null,
              caveat(publication, content)));
    }
    return plans;
  }

  /** Why a run that begins with this plan will not publish, or may not. */
  private String caveat(Publication publication, @Nullable Content content) {
    String why =
        stopping.exitCode() != 0
            ? "a run that does not succeed publishes nothing"
            : content == null ? whyNever(publication) : "";
    if (!why.isEmpty()) {
      return "not in this run: " + why;
    }
    int node = edge(publication).node();
    boolean view = !run.graph().node(node).isStep();
    int step = view ? ((FromNode) run.graph().node(node).inputs().get(0)).node() : node;
    return content == null && unselected.contains(step)
        ? "if the cache turns out to have it: its step is none of those that were asked for"
        : "";
  }

  /** Why the run will have no such result, or not all of it; empty if it may. */
  private String whyNever(Publication publication) {
    int node = edge(publication).node();
    if (units.count(node) < 0) {
      Reason why = endings.whyNoUnits(node);
      return why == null ? "" : words(why);
    }
    for (int unit : producers(publication)) {
      if (endings.isDead(unit)) {
        return words(endings.whyDead(unit));
      }
    }
    return "";
  }

  private static String words(Reason why) {
    if (why.isLeftOut()) {
      return why.detail() + "; a run without --partitions publishes it";
    } else if (why.code() == Code.NOT_SELECTED) {
      return "the cache does not have it, and its step, or one that it takes from, is none of those that"
          + " were asked for; a run of all steps publishes it";
    }
    return "its step has no result: " + why;
  }

  /** Begins to publish, now that all units have ended. */
  void begin() {
    if (stopping.halted() != null || stopping.exitCode() != 0) {
      run.reports().warning("NOT_PUBLISHED", "nothing was published: the run did not succeed");
    } else {
      waiting.addAll(publisher.publications());
    }
  }

  boolean over() {
    return waiting.isEmpty() && current == null;
  }

  /** Publishes the next. */
  void advance() {
    if (stopping.halted() != null) {
      halt();
    } else if (current == null && !waiting.isEmpty()) {
      Publication next = waiting.remove();
      Content content = content(next);
      if (content == null) {
        String why = whyNever(next);
        run.reports()
            .warning(
                "NOT_PUBLISHED",
                "'%s' was not published at %s: %s"
                    .formatted(
                        next.result(),
                        next.to(),
                        why.isEmpty() ? "this run has no such result" : why));
        return;
      }
      current = next;
      run.environment().threads().execute(() -> publish(next, content));
    }
  }

  private void publish(Publication publication, Content content) {
    State before = State.NEW;
    String failure = "";
    try {
      before = publisher.publish(publication, content, caller);
    } catch (UncheckedIOException e) {
      failure = String.valueOf(requireNonNull(e.getCause()).getMessage());
    } catch (IOException e) {
      failure = String.valueOf(e.getMessage());
    } catch (Throwable e) { // the user's classes are at work; whatever it is, the run goes on
      failure = e.toString();
    }
    State was = before;
    String why = failure;
    run.environment().mailbox().post(() -> done(publication, was, why));
  }

  private void warning(String code, String message) {
    if (current != null) {
      run.reports().warning(code, message);
    }
  }

  private void done(Publication publication, State before, String failure) {
    if (!publication.equals(current) || givenUp) {
      return;
    }
    current = null;
    if (!failure.isEmpty()) {
      failures.add(
          "result '%s' could not be published at %s: %s"
              .formatted(publication.result(), publication.to(), failure));
    }
    run.reports().published(new PublishReport(publication, before, failure));
  }

  private void halt() {
    waiting.clear();
    if (current != null && !givenUp) {
      givenUp = true; // and so nothing is seen at the path, unless it is by now
      run.reports()
          .warning("NOT_PUBLISHED", "'%s' may not have been published".formatted(current.result()));
    }
    current = null;
  }

  /** Ends the run with what could not be published. */
  void finish() {
    if (!failures.isEmpty() && stopping.halted() == null) {
      String more = failures.size() == 1 ? "" : "; and %d more".formatted(failures.size() - 1);
      stopping.fatal(
          1, failures.get(0) + more + "; what the run made is kept, another run publishes it");
    }
  }

  private FromNode edge(Publication publication) {
    return (FromNode) requireNonNull(run.graph().results().get(publication.result()));
  }

  /** The units whose results it is made of; its node has all of its units. */
  private Set<Integer> producers(Publication publication) {
    FromNode edge = edge(publication);
    Set<Integer> producers = new HashSet<>();
    int first = units.first(edge.node());
    int end = first + units.count(edge.node());
    for (int unit = edge instanceof Edge.Whole ? end - 1 : first; unit < end; unit++) {
      producers.add(arguments.producerOf(unit));
    }
    return producers;
  }

  /** What is to be published; null if a part of it has no result. */
  private @Nullable Content content(Publication publication) {
    FromNode edge = edge(publication);
    int node = edge.node();
    int count = units.count(node);
    if (count < 0 || run.graph().node(node).kind() == Kind.FILES) {
      return null;
    }
    int first = units.first(node);
    int from = edge instanceof Edge.Whole ? count - 1 : edge instanceof Edge.Part p ? p.index() : 0;
    boolean one = edge instanceof Edge.Whole || edge instanceof Edge.Part;
    List<Piece> pieces = new ArrayList<>();
    for (int unit = first + from; unit < first + (one ? from + 1 : count); unit++) {
      int producer = arguments.producerOf(unit);
      Optional<Manifest> manifest =
          units.known(producer) ? manifests.get(producer) : Optional.empty();
      if (manifest.isEmpty()) {
        return null;
      }
      Manifest its =
          producer == unit
              ? manifest.get()
              : Manifest.one(manifest.get().partitions().get(units.partition(unit)));
      pieces.add(new Piece(one ? "" : units.label(unit), units.nodeOf(producer), its));
    }
    return new Content(pieces);
  }
}

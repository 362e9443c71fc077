package dev.reprise.home;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.claim.Lease;
import dev.reprise.cache.index.Scope;
import dev.reprise.cache.store.BlobSource;
import dev.reprise.cache.store.FartherStores;
import dev.reprise.plan.Probing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a driver keeps its state and how it opens it.
 *
 * @param home holds {@code index/}, {@code runs/} and, unless {@code store} says otherwise, {@code
 *     store/}
 * @param store the result store's folder, which all workers must reach; null for {@code home/store}
 * @param access what the driver does with the index
 * @param lockTimeout how long to wait for an index that another process holds
 * @param waiting told, about once a second, what is waited for
 * @param project results of one project are never seen by another
 * @param environment within a project
 * @param freeSpaceFloor nothing is kept if less is free on the disk of the store or of the index,
 *     in bytes
 * @param gc how much the home may hold, seen to when runs have ended
 * @param parents environments of the project whose results are read, too, where this one has none
 *     that may be used; in that order, and never written
 * @param farther stores that are asked, in this order, for blobs that the first does not have; each
 *     a folder, or {@code class:} and the name of a {@link BlobSource}
 * @param lease for how long a run that makes something keeps others waiting without a sign of life;
 *     the nearest {@link Lease} is used
 * @param probeTimeout how long probes of the user's may take that a run asks on the driver
 * @param publishReplaces whether results are published over files that this home did not put there
 */
public record HomeOptions(
    Path home,
    @Nullable Path store,
    Access access,
    Duration lockTimeout,
    Consumer<String> waiting,
    String project,
    String environment,
    long freeSpaceFloor,
    GcOptions gc,
    List<String> parents,
    List<String> farther,
    Duration lease,
    Duration probeTimeout,
    boolean publishReplaces) {
  /** What a driver does with the index. */
  public enum Access {
    /** Reads and writes it, alone. */
    WRITE,
    /** As WRITE, but a damaged index is not moved aside: it stays as it is, and is not used. */
    REQUIRE,
    /** Reads it, beside one that writes; runs keep nothing. */
    READ,
    /** Reads it to plan; nothing at all is written. */
    PLAN,
    /** Leaves it alone. */
    NONE;

    /** Whether runs keep what they compute. */
    public boolean writes() {
      return this == WRITE || this == REQUIRE;
    }
  }

  public HomeOptions {
    parents = List.copyOf(parents);
    farther = List.copyOf(farther);
    farther.forEach(FartherStores::check);
    checkArgument(
        !parents.contains(environment), "environment '%s' is its own parent", environment);
    checkArgument(
        parents.stream().allMatch(parent -> !parent.isEmpty())
            && parents.size() == Set.copyOf(parents).size(),
        "the parents of environment '%s' must be names, each once: %s",
        environment,
        parents);
  }

  /** The default name of a project and of an environment. */
  public static final String DEFAULT_SCOPE = "default";

  /** Returns the options of a driver with this home that reads and writes. */
  public static HomeOptions at(Path home) {
    return new HomeOptions(
        home,
        null,
        Access.WRITE,
        Duration.ofMinutes(5),
        holder -> {},
        DEFAULT_SCOPE,
        DEFAULT_SCOPE,
        64L << 20,
        GcOptions.NONE,
        List.of(),
        List.of(),
        Lease.STANDARD.length(),
        Probing.STANDARD,
        false);
  }

  /** Returns a copy with another access to the index. */
  public HomeOptions withAccess(Access to) {
    return changed(draft -> draft.access = to);
  }

  /** Returns a copy with another store; null for the home's own. */
  public HomeOptions withStore(@Nullable Path to) {
    return changed(draft -> draft.store = to);
  }

  /**
   * Returns a copy that asks other stores, in this order, for blobs that the first does not have.
   * All that runs make is written to the first. One of them that fails costs misses, and no run.
   *
   * @param to each a folder, or {@code class:} and the name of a {@link BlobSource}
   * @throws IllegalArgumentException if it names a class that is not there, or is none
   */
  public HomeOptions withFartherStores(List<String> to) {
    return changed(draft -> draft.farther = to);
  }

  /**
   * Returns a copy whose runs keep others that need the same result waiting for so long without a
   * sign of life; they give one three times in that time for as long as they work. Then one of
   * those that wait makes it, and what the first makes after all is not kept. What is less than
   * {@link Lease#SHORTEST} or more than {@link Lease#LONGEST} is taken for that, with a warning.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public HomeOptions withLease(Duration to) {
    checkArgument(to.compareTo(Duration.ZERO) > 0, "a lease must be positive, not %s", to);
    return changed(draft -> draft.lease = to);
  }

  /**
   * Returns a copy whose runs wait so long at the most for the answer of a probe of the user's: of
   * an observed source, or whether an effect is done. Without an answer they go on as if the probe
   * had thrown.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public HomeOptions withProbeTimeout(Duration to) {
    checkArgument(to.compareTo(Duration.ZERO) > 0, "a limit must be positive, not %s", to);
    return changed(draft -> draft.probeTimeout = to);
  }

  /**
   * Returns a copy whose runs publish over files that this home has not put there: as where each
   * run has a new home, and puts its results over those of the last. Otherwise they refuse to.
   */
  public HomeOptions withPublishReplaces(boolean to) {
    return changed(draft -> draft.publishReplaces = to);
  }

  /** Returns a copy with another wait for an index that is held. */
  public HomeOptions withLockTimeout(Duration to, Consumer<String> told) {
    return changed(
        draft -> {
          draft.lockTimeout = to;
          draft.waiting = told;
        });
  }

  /** Returns a copy with another project and environment. */
  public HomeOptions withScope(String toProject, String toEnvironment) {
    return changed(
        draft -> {
          draft.project = toProject;
          draft.environment = toEnvironment;
        });
  }

  /**
   * Returns a copy that reads the results of other environments of the project, too.
   *
   * @throws IllegalArgumentException if one is named twice, or is the environment itself
   */
  public HomeOptions withParents(List<String> to) {
    return changed(draft -> draft.parents = to);
  }

  /** Returns a copy that keeps nothing on a disk with less free bytes than this. */
  public HomeOptions withFreeSpaceFloor(long to) {
    return changed(draft -> draft.freeSpaceFloor = to);
  }

  /** Returns a copy with other limits of what the home may hold. */
  public HomeOptions withGc(GcOptions to) {
    return changed(draft -> draft.gc = to);
  }

  /** Whose results are seen, and whose entries are written. */
  public Scope scope() {
    return new Scope(scopeOf(environment), parents.stream().map(this::scopeOf).toList());
  }

  private String scopeOf(String of) {
    // The first slash ends the project: a/b in c is not a in b/c.
    return project.replace("%", "%25").replace("/", "%2F") + "/" + of;
  }

  /** The folder of the index. */
  public Path indexFolder() {
    return home.resolve("index");
  }

  /** The folder of the runs' journals. */
  public Path runsFolder() {
    return home.resolve("runs");
  }

  /** The folder that tells what was published where. */
  public Path publishedFolder() {
    return home.resolve("published");
  }

  /** The folder of the results. */
  public Path storeFolder() {
    return store == null ? home.resolve("store") : store;
  }

  /** The folder of the results, if it is not the home's: that one goes with the home. */
  public String ownStore() {
    Path usual = home.resolve("store").toAbsolutePath().normalize();
    Path folder = storeFolder().toAbsolutePath().normalize();
    return folder.equals(usual) ? "" : folder.toString();
  }

  /** Returns a copy with a change; each component is named in {@link Draft} and nowhere else. */
  private HomeOptions changed(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.done();
  }

  /** The same components, to change. */
  private static final class Draft {
    Path home;
    @Nullable Path store;
    Access access;
    Duration lockTimeout;
    Consumer<String> waiting;
    String project;
    String environment;
    long freeSpaceFloor;
    GcOptions gc;
    List<String> parents;
    List<String> farther;
    Duration lease;
    Duration probeTimeout;
    boolean publishReplaces;

    Draft(HomeOptions of) {
      home = of.home;
      store = of.store;
      access = of.access;
      lockTimeout = of.lockTimeout;
      waiting = of.waiting;
      project = of.project;
      environment = of.environment;
      freeSpaceFloor = of.freeSpaceFloor;
      gc = of.gc;
      parents = of.parents;
      farther = of.farther;
      lease = of.lease;
      probeTimeout = of.probeTimeout;
      publishReplaces = of.publishReplaces;
    }

    HomeOptions done() {
      return new HomeOptions(
          home,
          store,
          access,
          lockTimeout,
          waiting,
          project,
          environment,
          freeSpaceFloor,
          gc,
          parents,
          farther,
          lease,
          probeTimeout,
          publishReplaces);
    }
  }
}

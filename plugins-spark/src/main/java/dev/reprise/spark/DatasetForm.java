package dev.reprise.spark;

import dev.reprise.cache.base.HostName;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.DamagedBlobException;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ReadOnlyStoreException;
import dev.reprise.cache.store.StoreFullException;
import dev.reprise.cache.store.StorePlace;
import dev.reprise.executor.ExecutorFactory.Setting;
import dev.reprise.executor.TaskCode;
import dev.reprise.spark.table.DamagedPieceException;
import dev.reprise.spark.table.StoreTroubleException;
import dev.reprise.spark.table.StoredTables;
import dev.reprise.worker.EngineFailedException;
import dev.reprise.worker.RunningUnit;
import dev.reprise.worker.TableForm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import scala.Option;

/** Gives tables to user code as datasets, and computes those that it returns. */
final class DatasetForm implements TableForm {
  private static final int DEEPEST_CAUSE = 50;

  private final String unique = UUID.randomUUID().toString().substring(0, 8);
  private final Setting setting;
  private final SparkContext context;
  private final Map<String, String> settings;
  private final Supplier<@Nullable String> broken;
  private final StoredTables tables;
  private final CodeGate gate;

  /** Lets units begin while executors have the driver's code. */
  @FunctionalInterface
  interface CodeGate {
    /** Returns if they have. */
    void check(long attempt) throws EngineFailedException;
  }

  /**
   * @param store where executors find it
   * @param settings those that are in the keys
   * @param broken why Spark counts as gone; null if it does not
   * @param gate asked before each unit
   */
  DatasetForm(
      Setting setting,
      StorePlace store,
      SparkContext context,
      Map<String, String> settings,
      Supplier<@Nullable String> broken,
      CodeGate gate) {
    this.setting = setting;
    this.gate = gate;
    this.context = context;
    this.settings = settings;
    this.broken = broken;
    tables = new StoredTables(store, setting.store());
  }

  /**
   * Id of the job group that an attempt's jobs are in. Spark remembers groups that were cancelled
   * for as long as it runs, so there must not be another of this id.
   */
  String group(long attempt) {
    return "reprise/" + setting.run() + "/attempt-" + attempt + "/" + unique;
  }

  @Override
  public Use begin(RunningUnit unit) throws EngineFailedException {
    gate.check(unit.attempt());
    SparkSession session;
    try {
      session = KeySettings.sessionOf(base(), settings);
    } catch (IllegalStateException e) {
      throw new EngineFailedException("Spark was stopped: " + e.getMessage(), e);
    }
    // In this thread, as Spark keeps these by thread.
    String label = unit.label().isEmpty() ? "" : " (" + unit.label() + ")";
    context.setJobGroup(group(unit.attempt()), unit.step() + label, true);
    context.setCallSite(unit.step() + label);
    SparkSession.setActiveSession(session);
    return new UnitOnDatasets(unit, session);
  }

  /** The session that is there, as its owner set it; a builder would set it to the context's. */
  private SparkSession base() {
    Option<SparkSession> there = SparkSession.getDefaultSession();
    return there.isDefined() && there.get().sparkContext() == context
        ? there.get()
        : SparkSession.builder().config(context.getConf()).getOrCreate();
  }

  private final class UnitOnDatasets implements Use {
    private final RunningUnit unit;
    private final SparkSession session;
    private final List<PartitionRef> inputs = new ArrayList<>();

    UnitOnDatasets(RunningUnit unit, SparkSession session) {
      this.unit = unit;
      this.session = session;
    }

    @Override
    public Object context() {
      return session;
    }

    @Override
    public Object read(List<PartitionRef> pieces) {
      inputs.addAll(pieces);
      return tables.read(session, pieces);
    }

    @Override
    public boolean takes(@Nullable Object value) {
      return value instanceof Dataset;
    }

    @Override
    public Manifest write(Object table, TaskCode code, String fileName, boolean inOnePiece) {
      Dataset<?> dataset = (Dataset<?>) table;
      return tables.write(
          inOnePiece ? dataset.coalesce(1) : dataset,
          unit.run(),
          unit.step(),
          fileName,
          code.inlineLimit(),
          code.rowOrder());
    }

    @Override
    public Throwable meaning(Throwable thrown) {
      String gone = broken.get();
      if (gone != null) {
        return new EngineFailedException(gone, thrown);
      }
      if (context.isStopped()) {
        return new EngineFailedException("Spark was stopped while the unit ran", thrown);
      }
      Throwable innermost = thrown;
      for (int depth = 0; innermost.getCause() != null && depth < DEEPEST_CAUSE; depth++) {
        innermost = innermost.getCause();
        if (innermost instanceof DamagedPieceException damaged) {
          BlobRef blob = blob(damaged.address());
          return blob == null ? thrown : damage(blob, damaged);
        }
        if (innermost instanceof StoreTroubleException trouble) {
          return ofStore(trouble, thrown);
        }
      }
      return ofJob(thrown);
    }

    /** What lasts would be so the next time, too, so the attempt does not count as lost. */
    private static Throwable ofStore(StoreTroubleException trouble, Throwable thrown) {
      String message = String.valueOf(trouble.getMessage());
      String notKept =
          "the result, a table, cannot be kept, and its step cannot run without: " + message;
      return switch (trouble.kind()) {
        case FULL -> new StoreFullException(notKept + "; or lower store-free-space-floor");
        case READ_ONLY -> new ReadOnlyStoreException(notKept);
        case OTHER -> new EngineFailedException(message, thrown);
      };
    }

    /** Spark tells the end of a job around what caused it, if the driver could be told that. */
    private Throwable ofJob(Throwable thrown) {
      Throwable told = thrown;
      for (int depth = 0; told instanceof SparkException && depth < DEEPEST_CAUSE; depth++) {
        String message = String.valueOf(told.getMessage());
        if (message.contains("ExecutorLostFailure") || message.contains("SPARK_JOB_CANCELLED")) {
          return new EngineFailedException(message.lines().findFirst().orElse(message), thrown);
        }
        if (told.getCause() == null) {
          return told;
        }
        told = told.getCause();
      }
      return told;
    }

    private @Nullable BlobRef blob(Fingerprint address) {
      for (PartitionRef input : inputs) {
        if (input.location() instanceof Location.Stored stored
            && stored.blob().address().equals(address)) {
          return stored.blob();
        }
      }
      return null;
    }

    private static DamagedBlobException damage(BlobRef blob, DamagedPieceException damaged) {
      String what = String.valueOf(damaged.getMessage());
      boolean here = damaged.host().equals(HostName.find()); // which is told anyway
      return new DamagedBlobException(
          blob,
          damaged.damage(),
          here ? what : "%s, as %s found".formatted(what, damaged.host()),
          damaged);
    }

    @Override
    public void close() {
      SparkSession.clearActiveSession();
      context.clearJobGroup();
      context.clearCallSite();
    }
  }
}

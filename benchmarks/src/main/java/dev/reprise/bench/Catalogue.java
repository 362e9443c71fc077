package dev.reprise.bench;

import static dev.reprise.bench.ratio.Target.higher;
import static dev.reprise.bench.ratio.Target.lower;

import dev.reprise.bench.compare.Barrier;
import dev.reprise.bench.compare.BlobRead;
import dev.reprise.bench.compare.BlobWrite;
import dev.reprise.bench.compare.Changed;
import dev.reprise.bench.compare.ChangedFiles;
import dev.reprise.bench.compare.ColdProcess;
import dev.reprise.bench.compare.Dispatch;
import dev.reprise.bench.compare.Durability;
import dev.reprise.bench.compare.HeapPerUnit;
import dev.reprise.bench.compare.InlineResult;
import dev.reprise.bench.compare.KeyDerivation;
import dev.reprise.bench.compare.Linearity;
import dev.reprise.bench.compare.MetgCached;
import dev.reprise.bench.compare.NoOp;
import dev.reprise.bench.compare.OneLeaf;
import dev.reprise.bench.compare.OracleSet;
import dev.reprise.bench.compare.ReExecuted;
import dev.reprise.bench.compare.TableScan;
import dev.reprise.bench.compare.UnchangedFiles;
import dev.reprise.bench.ratio.Comparison;
import dev.reprise.bench.ratio.Target;
import dev.reprise.bench.ray.RayMetg;
import dev.reprise.bench.ray.RayUnits;
import dev.reprise.bench.spark.SparkCached;
import dev.reprise.bench.spark.SparkFirst;
import dev.reprise.bench.spark.SparkMetg;
import dev.reprise.bench.spark.SparkReadBack;
import dev.reprise.bench.spark.SparkSmallUnits;
import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The ratios that can be measured, in the order in which they are. */
final class Catalogue {
  /** Names all ratios that need Spark. */
  static final String SPARK = "spark";

  /** Names all ratios that need a cluster of Ray. */
  static final String RAY = "ray";

  /**
   * A ratio and how it is measured.
   *
   * @param comparison made in a folder of its own; small if it is only to see that it works
   */
  record Ratio(Target target, Making comparison) {}

  /** Makes a comparison. */
  interface Making {
    Comparison in(Path folder, boolean quick) throws Exception;
  }

  /** Those that need no engine. */
  private static final List<Ratio> LOCAL =
      List.of(
          new Ratio(
              lower("no-op", "plan of cached units ÷ sorted multiGet of their keys", 2.0, 1.2, 0.4),
              (folder, quick) ->
                  new NoOp(folder, new Shape(Pattern.STENCIL_1D, 1000, quick ? 10 : 100, 0))),
          new Ratio(
              lower(
                  "key-derivation", "keys of a graph ÷ the digests of their bytes", 2.0, 1.3, 1.1),
              (folder, quick) ->
                  new KeyDerivation(new Shape(Pattern.STENCIL_1D, 1000, quick ? 10 : 100, 0))),
          new Ratio(
              lower("cold-process", "new process, all cached ÷ Ninja's", 2.0, 1.0, 0.6),
              (folder, quick) -> new ColdProcess(folder, 1000, quick ? 10 : 100)),
          new Ratio(
              lower("local-dispatch", "empty unit, no cache ÷ fork-join pool", 6, 3, 1.5),
              (folder, quick) -> Dispatch.worst(folder, quick ? 64 : 1024, quick ? 10 : 50)),
          new Ratio(
              lower("metg-cached", "METG(50 %) with a cache ÷ one by hand", 2.5, 1.5, 1.2),
              (folder, quick) -> MetgCached.worst(folder, quick ? 50 : 500, quick ? 10 : 20)),
          new Ratio(
              lower(
                  "one-percent-changed",
                  "run after 1 % changed ÷ (no-op + 1 % of a full run)",
                  1.5,
                  1.15,
                  1.05),
              (folder, quick) -> new Changed(folder, quick ? 1000 : 100_000)),
          new Ratio(
              lower("one-leaf-changed", "run after one point changed ÷ no-op", 0.2, 0.05, 0.005),
              (folder, quick) -> new OneLeaf(folder, quick ? 1000 : 100_000)),
          new Ratio(
              lower("oracle-set", "units executed ÷ units that an oracle executes", 1, 1, 1),
              (folder, quick) -> new OracleSet(folder, quick ? 50 : 200, quick ? 5 : 20)),
          new Ratio(
              higher(
                  "blob-write",
                  "durable write of bytes ÷ digest and FileChannel",
                  0.85,
                  0.95,
                  0.98),
              (folder, quick) -> new BlobWrite(folder, quick ? 16 : 256)),
          new Ratio(
              lower("inline-result", "a result of 1 KiB kept ÷ WriteBatch put", 2.0, 1.3, 1.1),
              (folder, quick) -> new InlineResult(folder, quick ? 2000 : 20_000)),
          new Ratio(
              higher("blob-read", "first value of a table, ArrowFileReader ÷ ours", 30, 100, 200),
              (folder, quick) -> new BlobRead(folder, quick ? 16 : 256)),
          new Ratio(
              higher("table-scan", "scan of a column, bytes in memory ÷ ours", 0.8, 0.92, 0.97),
              (folder, quick) -> new TableScan(folder, quick ? 16 : 256)),
          new Ratio(
              lower(
                  "unchanged-files",
                  "files that are known ÷ asking for their times",
                  2.0,
                  1.3,
                  1.1),
              (folder, quick) -> new UnchangedFiles(folder, quick ? 500 : 10_000)),
          new Ratio(
              lower("changed-files", "files that are not ÷ reading and digesting", 1.3, 1.1, 1.03),
              (folder, quick) -> new ChangedFiles(folder, quick ? 50 : 1000, 256 << 10)),
          new Ratio(
              lower("heap-per-unit", "bytes of a plan ÷ bare arrays", 4, 2, 1.3),
              (folder, quick) -> new HeapPerUnit(folder, quick ? 10_000 : 1_000_000)),
          new Ratio(
              lower("linearity", "a unit's plan at 1,000,000 ÷ at 10,000", 1.6, 1.25, 1.1),
              (folder, quick) -> new Linearity(folder, quick ? 20_000 : 1_000_000)),
          new Ratio(
              lower("barrier", "plan of 3,000 × all 3,000 ÷ of a stencil", 10, 3, 1.5),
              (folder, quick) -> new Barrier(folder, quick ? 300 : 3000)),
          new Ratio(
              lower("durability", "run on a disk ÷ run in memory, units of 1 ms", 1.15, 1.05, 1.02),
              (folder, quick) -> new Durability(folder, 100, quick ? 4 : 30)),
          new Ratio(
              lower(
                  "re-executed-after-kill",
                  "units executed again ÷ (in flight + last commit window)",
                  1,
                  1,
                  1),
              (folder, quick) -> new ReExecuted(folder, 50, quick ? 6 : 20, quick ? 3 : 20)));

  /** Those that need Spark's jars; without them none may be made. */
  static final List<Ratio> ON_SPARK =
      List.of(
          new Ratio(
              lower(
                  "spark-first",
                  "steps on datasets, nothing cached ÷ Spark and Parquet",
                  1.1,
                  1.03,
                  1),
              (folder, quick) -> new SparkFirst(folder, quick ? 100_000 : 4_000_000, 8)),
          new Ratio(
              lower(
                  "spark-cached", "100,000 cached units ÷ start of an empty Spark", 0.3, 0.1, 0.05),
              (folder, quick) -> new SparkCached(folder, 1000, quick ? 5 : 100)),
          new Ratio(
              lower(
                  "spark-small-units",
                  "200 units of 100 steps ÷ a job for each step",
                  0.2,
                  0.1,
                  0.05),
              (folder, quick) -> new SparkSmallUnits(folder, quick ? 10 : 100, 2)),
          new Ratio(
              higher("spark-metg", "METG(50 %), Spark's ÷ of the local executor", 50, 100, 200),
              (folder, quick) -> new SparkMetg(folder, quick ? 50 : 500, quick ? 10 : 40, 2)),
          new Ratio(
              higher("spark-read-back", "two columns of a table, Parquet ÷ kept", 1, 1, 2),
              (folder, quick) -> new SparkReadBack(folder, quick ? 100_000 : 8_000_000, 8)));

  /** Those that start a cluster of Ray. */
  private static final List<Ratio> ON_RAY =
      List.of(
          new Ratio(
              higher("ray-dispatch", "a task for each unit, Ray's ÷ ours", 0.85, 0.95, 1.0),
              (folder, quick) ->
                  RayUnits.oneByOne(folder, quick ? 300 : 3000, quick ? 1000 : 10_000)),
          new Ratio(
              higher("ray-chunked", "units of 100 µs, a task of Ray's for each ÷ ours", 5, 10, 18),
              (folder, quick) ->
                  RayUnits.chunked(folder, quick ? 3000 : 30_000, quick ? 300 : 3000, 100_000)),
          new Ratio(
              higher("ray-metg", "METG(50 %), Ray's ÷ of the local executor", 100, 200, 400),
              (folder, quick) ->
                  new RayMetg(folder, quick ? 50 : 500, quick ? 10 : 40, quick ? 20 : 64, 2)));

  static final List<Ratio> ALL = Stream.of(LOCAL, ON_SPARK, ON_RAY).flatMap(List::stream).toList();

  private Catalogue() {}

  /**
   * The ratios of these names, in the order of the catalogue; of no names those that need no
   * engine.
   *
   * @param names of ratios, {@link #SPARK} or {@link #RAY}
   */
  static List<Ratio> named(List<String> names) {
    if (names.isEmpty()) {
      return LOCAL;
    }
    boolean spark = names.contains(SPARK);
    boolean ray = names.contains(RAY);
    return ALL.stream()
        .filter(
            ratio ->
                names.contains(ratio.target().name())
                    || (spark && ON_SPARK.contains(ratio))
                    || (ray && ON_RAY.contains(ratio)))
        .toList();
  }
}

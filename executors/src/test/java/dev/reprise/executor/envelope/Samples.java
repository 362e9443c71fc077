package dev.reprise.executor.envelope;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.code.MethodRef;
import dev.reprise.cache.codec.RowOrder;
import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.DamagedBlobException.Damage;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.executor.Answer;
import dev.reprise.executor.Argument;
import dev.reprise.executor.AttemptResult;
import dev.reprise.executor.ErrorInfo;
import dev.reprise.executor.Platform;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import dev.reprise.task.Resources;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Chunks and answers of every kind, made from a seed. */
final class Samples {
  private final Random random;

  Samples(Random random) {
    this.random = random;
  }

  WorkChunk chunk() {
    TaskCode code = code(0);
    Resources resources = new Resources(0.25 + random.nextInt(8), random.nextInt(9), noneOrOne());
    List<UnitWork> units = new ArrayList<>(list(4, this::unit));
    units.add(unit());
    return new WorkChunk(text(), text(), code, resources, units);
  }

  private TaskCode code(int depth) {
    return new TaskCode(
        new MethodRef(text(), text(), text()),
        oneOf(TaskCode.Kind.values()),
        list(2, () -> argument(depth)),
        random.nextBoolean(),
        oneOf(Shape.values()),
        list(3, this::text),
        random.nextInt(),
        oneOf(RowOrder.values()));
  }

  private TreeMap<String, Double> noneOrOne() {
    TreeMap<String, Double> custom = new TreeMap<>();
    if (random.nextBoolean()) {
      custom.put(text(), random.nextDouble());
    }
    return custom;
  }

  private UnitWork unit() {
    return new UnitWork(random.nextLong(), text(), list(3, () -> argument(0)));
  }

  private Argument argument(int depth) {
    return switch (random.nextInt(depth < 3 ? 6 : 3)) {
      case 0 -> new Argument.Encoded(partition());
      case 1 -> file();
      case 2 -> new Argument.Pieces(list(3, this::partition));
      case 3 -> new Argument.Listed(list(3, () -> argument(depth + 1)));
      case 4 -> new Argument.Made(text(), code(depth + 1), list(3, () -> argument(depth + 1)));
      default -> new Argument.Labelled(list(3, this::text), list(3, () -> argument(depth + 1)));
    };
  }

  Answer answer() {
    return new Answer(random.nextLong(), result());
  }

  private AttemptResult result() {
    long nanos = random.nextLong();
    Bytes output = bytes();
    return switch (random.nextInt(6)) {
      case 0 ->
          new AttemptResult.Success(
              random.nextBoolean()
                  ? Manifest.one(partition())
                  : Manifest.many(list(3, this::partition)),
              nanos,
              output,
              maybe(),
              text(),
              random.nextBoolean() ? Map.of() : Map.of("", text(), "left", text()),
              random.nextBoolean()
                  ? Platform.here()
                  : new Platform(8 + random.nextInt(99), text()));
      case 1 -> new AttemptResult.UserError(error(0), nanos, output, maybe());
      case 2 ->
          new AttemptResult.InputDamaged(blob(), oneOf(Damage.values()), text(), nanos, output);
      case 3 ->
          new AttemptResult.InputUnreadable(
              random.nextInt(300), fingerprint(), text(), nanos, output);
      case 4 -> new AttemptResult.Lost(text(), nanos, output);
      default -> new AttemptResult.Cancelled(nanos, output);
    };
  }

  private ErrorInfo error(int depth) {
    List<String> classes = new ArrayList<>(list(2, this::text));
    classes.add(text());
    return new ErrorInfo(
        classes,
        maybe(),
        list(4, this::text),
        depth < 3 && random.nextBoolean() ? error(depth + 1) : null,
        depth < 3 ? list(2, () -> error(depth + 1)) : List.of());
  }

  private PartitionRef partition() {
    Location location =
        switch (random.nextInt(3)) {
          case 0 -> new Location.Inline(bytes());
          case 1 -> new Location.Stored(blob());
          default -> new Location.Pending(text(), blob());
        };
    return new PartitionRef(
        fingerprint(), text(), random.nextInt(99), random.nextInt(5) - 1, bytes(), location);
  }

  private BlobRef blob() {
    int chunks = random.nextInt(4);
    List<Fingerprint> digests = new ArrayList<>();
    for (int i = 0; chunks > 1 && i < chunks; i++) {
      digests.add(fingerprint());
    }
    return new BlobRef(fingerprint(), (long) chunks * BlobRef.CHUNK_BYTES, digests);
  }

  private Fingerprint fingerprint() {
    byte[] bytes = new byte[Fingerprint.BYTES];
    random.nextBytes(bytes);
    return Fingerprint.of(bytes);
  }

  private Bytes bytes() {
    byte[] bytes = new byte[random.nextInt(20)];
    random.nextBytes(bytes);
    return Bytes.wrap(bytes);
  }

  private @Nullable String maybe() {
    return random.nextBoolean() ? text() : null;
  }

  private String text() {
    return oneOf(new String[] {"", "delays", "month=2001-04", "\u0000\n", "späte Flüge ✈ 🛫"})
        + random.nextInt(9);
  }

  private <T> T oneOf(T[] values) {
    return values[random.nextInt(values.length)];
  }

  private <T> List<T> list(int most, Supplier<T> element) {
    List<T> values = new ArrayList<>();
    for (int left = random.nextInt(most + 1); left > 0; left--) {
      values.add(element.get());
    }
    return values;
  }

  private Argument file() {
    Path path = Path.of("/data", "f" + random.nextInt());
    FileStamp stamp =
        new FileStamp(path, 3, random.nextLong(), random.nextLong(), text(), FileStamp.Kind.FILE);
    return new Argument.File(path, stamp);
  }
}

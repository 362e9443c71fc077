package dev.reprise.home;

import static java.util.Objects.requireNonNullElse;

import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.codec.RegisteredTypes;
import dev.reprise.cache.codec.SharedCodecs;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.Payload;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.graph.Publication;
import dev.reprise.graph.TaskGraph;
import dev.reprise.home.PublishTurns.Turn;
import dev.reprise.plan.StepKeys;
import dev.reprise.run.Publisher;
import dev.reprise.run.ResultFiles;
import dev.reprise.task.Receipt;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Publishes results of one run, and remembers in the home what lies where.
 *
 * <p>A file is written under a temporary name beside its own and renamed. A folder is too; one that
 * is there is moved aside before and deleted after, so for a moment there is none, and a crash then
 * leaves it gone, which the next run mends. Only a folder that is empty, or was published and holds
 * nothing else since ({@link FolderMarker}), is replaced.
 */
final class Published implements Publisher {
  private final List<Publication> publications;
  private final TaskGraph graph;
  private final StepKeys steps;
  private final ResultStore store;
  private final PublishedRecords records;
  private final PublishTurns turns;
  private final String run;
  private final SharedCodecs codecs = new SharedCodecs();

  Published(
      List<Publication> publications,
      TaskGraph graph,
      StepKeys steps,
      ResultStore store,
      PublishedRecords records,
      PublishTurns turns,
      String run) {
    this.publications = publications;
    this.graph = graph;
    this.steps = steps;
    this.store = store;
    this.records = records;
    this.turns = turns;
    this.run = run;
  }

  @Override
  public List<Publication> publications() {
    return publications;
  }

  @Override
  public void check(Manifest manifest) throws IOException {
    for (PartitionRef part : manifest.partitions()) {
      try (InputStream bytes = store.read(part.location()).open()) {
        bytes.transferTo(OutputStream.nullOutputStream());
      }
    }
  }

  @Override
  public State state(Publication publication, @Nullable Fingerprint content) {
    return records.state(PublishedPlace.of(publication), content);
  }

  @Override
  public State publish(Publication publication, Content content, Caller caller) throws IOException {
    PublishedPlace place = PublishedPlace.of(publication);
    try (Turn turn = turns.take(place.real(), caller)) {
      Fingerprint digest = content.digest();
      State before = records.state(place, digest);
      if (before == State.THERE) {
        return before;
      }
      if (publication.isFolder()) {
        putFolder(place, content, digest, turn);
        return before;
      }
      return putFile(place, content, digest, turn, caller) ? before : State.THERE;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (FileSystemException e) {
      // Its message is the name of the file alone.
      throw new IOException(e.getClass().getSimpleName() + ": " + e.getMessage(), e);
    }
  }

  /** Returns false if the same was there already. */
  private boolean putFile(
      PublishedPlace place, Content content, Fingerprint digest, Turn turn, Caller caller)
      throws IOException {
    Path target = place.real();
    checkObstacle(place);
    Files.createDirectories(parent(target));
    Path temporary = beside(target, ".tmp");
    try {
      writeFile(place.publication().result(), content.pieces(), target, temporary);
      if (!turn.decide()) {
        return true;
      }
      checkObstacle(place); // it may have become something else meanwhile
      if (records.isOthers(place)) {
        Object theirs = PublishedRecords.identity(target);
        if (Files.mismatch(temporary, target) >= 0) {
          throw new IOException(notOurs(place));
        }
        records.keepTheirs(place, digest, () -> theirs.equals(PublishedRecords.identity(target)));
        return false;
      }
      claim(place, temporary, caller);
      Object written = PublishedRecords.identity(temporary);
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      records.keep(place, digest, () -> written.equals(PublishedRecords.identity(target)));
      return true;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void checkObstacle(PublishedPlace place) throws IOException {
    String obstacle = place.obstacle();
    if (!obstacle.isEmpty()) {
      throw new IOException(obstacle);
    }
  }

  private static String notOurs(PublishedPlace place) {
    boolean linked = !place.real().equals(place.publication().to());
    return "the file there%s is not ours, as far as this home knows; remove it, name another path, or"
            .formatted(linked ? ", in truth " + place.real() + "," : "")
        + " replace it with --conf publish.replace=true";
  }

  private void claim(PublishedPlace place, Path file, Caller caller) {
    try {
      records.claim(place, file);
    } catch (IOException e) {
      if (!records.replaces()) {
        caller.warn(
            "PUBLISH_NOT_REMEMBERED",
            "that %s was put there by this home cannot be written down (%s), so a run with another"
                    .formatted(place.publication().to(), e)
                + " result will take it for another's and refuse to replace it, unless"
                + " publish.replace=true");
      }
    }
  }

  private void putFolder(PublishedPlace place, Content content, Fingerprint digest, Turn turn)
      throws IOException {
    Path target = place.real(); // behind a link lies what is replaced, not the link
    checkReplaceable(place);
    Files.createDirectories(parent(target));
    Path temporary = beside(target, ".tmp");
    Path aside = beside(target, ".old");
    try {
      delete(temporary);
      Files.createDirectory(temporary);
      int number = 0;
      for (Piece piece : content.pieces()) {
        String label = piece.label().replaceAll("[^\\p{L}\\p{N}._=+-]", "_");
        String brief = label.substring(0, Math.min(100, label.length()));
        Path file =
            temporary.resolve(
                "part-%05d%s%s.%s"
                    .formatted(
                        number++, brief.isEmpty() ? "" : "-", brief, place.publication().form()));
        writeFile(place.publication().result(), List.of(piece), file, file);
      }
      FolderMarker.write(temporary, run);
      if (!turn.decide()) {
        return;
      }
      Object made = folderKey(temporary);
      replace(temporary, place, aside);
      records.keep(place, digest, () -> made.equals(folderKey(target)));
    } finally {
      delete(temporary);
    }
  }

  private static String folderKey(Path folder) throws IOException {
    return String.valueOf(Files.readAttributes(folder, BasicFileAttributes.class).fileKey());
  }

  private void replace(Path by, PublishedPlace place, Path aside) throws IOException {
    Path target = place.real();
    checkReplaceable(place); // it may have become something else meanwhile
    boolean there = Files.exists(target);
    if (there) {
      delete(aside);
      Files.move(target, aside, StandardCopyOption.ATOMIC_MOVE);
    }
    try {
      if (there) { // nobody comes upon it by its name any more
        checkOthersIn(new PublishedPlace(place.publication(), aside));
      }
      Files.move(by, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (there) {
        Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
      }
      throw e;
    }
    delete(aside);
  }

  private void checkReplaceable(PublishedPlace place) throws IOException {
    checkObstacle(place);
    checkOthersIn(place);
  }

  private void checkOthersIn(PublishedPlace place) throws IOException {
    String others = records.othersIn(place);
    if (!others.isEmpty()) {
      throw new IOException(
          "the folder there holds '%s', which was not published with it; move that elsewhere, name"
                  .formatted(others)
              + " another folder, or replace it as a whole with --conf publish.replace=true");
    }
  }

  private static Path parent(Path target) throws IOException {
    Path parent = target.getParent();
    if (parent == null) {
      throw new IOException("it is the root of a file system; name a file or folder below it");
    }
    return parent;
  }

  private Path beside(Path target, String end) {
    return target.resolveSibling("." + target.getFileName() + "." + run + end);
  }

  private void writeFile(String result, List<Piece> pieces, Path as, Path to) throws IOException {
    ResultFiles files =
        ServiceLoader.load(ResultFiles.class, ResultFiles.class.getClassLoader())
            .findFirst()
            .orElseThrow(() -> new IOException("nothing on the class path writes results"));
    Path scratch = Files.createTempDirectory("reprise-publish");
    try (Values values = new Values(pieces, scratch);
        OutputStream out = Files.newOutputStream(to)) {
      files.write(result, values, as, out);
    } finally {
      delete(scratch);
    }
    try (FileChannel written = FileChannel.open(to, StandardOpenOption.WRITE)) {
      written.force(true);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
        for (Path each : all) {
          if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
            delete(each);
          } else {
            Files.deleteIfExists(each);
          }
        }
      }
    }
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException | NoSuchFileException e) {
      throw new IOException("somebody writes into " + folder, e);
    }
  }

  /** Reads values when they are asked for, one at a time. */
  private final class Values implements Iterator<@Nullable Object>, AutoCloseable {
    private final Path scratch;
    private final List<Piece> pieces = new ArrayList<>();
    private final List<PartitionRef> parts = new ArrayList<>();
    private int next;
    private @Nullable ArrowTable open;

    Values(List<Piece> all, Path scratch) {
      this.scratch = scratch;
      for (Piece piece : all) {
        if (piece.manifest().shape() == Shape.PIECES) {
          pieces.add(piece);
          parts.add(piece.manifest().partitions().get(0));
        } else {
          for (PartitionRef part : piece.manifest().partitions()) {
            pieces.add(piece);
            parts.add(part);
          }
        }
      }
    }

    @Override
    public boolean hasNext() {
      return next < pieces.size();
    }

    @Override
    public @Nullable Object next() {
      close();
      Piece piece = pieces.get(next);
      try {
        Object value = piece.manifest().shape() == Shape.PIECES ? table(piece) : decode(piece);
        open = value instanceof ArrowTable table ? table : null;
        next++;
        return value;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private ArrowTable table(Piece piece) throws IOException {
      List<Payload> all = new ArrayList<>();
      for (PartitionRef part : piece.manifest().partitions()) {
        all.add(store.read(part.location()));
      }
      return ArrowTable.read(all);
    }

    private @Nullable Object decode(Piece piece) throws IOException {
      PartitionRef part = parts.get(next);
      Class<?> function = graph.node(piece.node()).step().function().getClass();
      ClassLoader loader =
          requireNonNullElse(function.getClassLoader(), ClassLoader.getSystemClassLoader());
      try {
        RegisteredTypes types =
            RegisteredTypes.named(steps.resolved(piece.node()).code().registered(), loader)
                .with(Receipt.class);
        return codecs
            .of(types)
            .withFilePlaces(() -> Files.createTempDirectory(scratch, "file"))
            .decode(part.codec(), store.read(part.location()));
      } catch (ClassNotFoundException e) {
        throw new IOException("a class of it is not on the class path: " + e.getMessage(), e);
      }
    }

    @Override
    public void close() {
      if (open != null) {
        open.close();
        open = null;
      }
    }
  }
}

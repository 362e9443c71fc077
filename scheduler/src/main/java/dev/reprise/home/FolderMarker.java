package dev.reprise.home;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.base.Folders;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The file in a published folder that tells whose it is: a line for people, one that tells its
 * version, the name of each file that was published with it, and a digest of all that. What it does
 * not name others have put there. One that is damaged, or of a time when it named no files, stands
 * for those that are called as published ones are.
 */
final class FolderMarker {
  /** Marks a folder as one that may be replaced; readers of tables leave out such names. */
  static final String NAME = "_reprise";

  private static final String VERSION = "reprise-folder 1";
  private static final String FILE = "file ";
  private static final Pattern PUBLISHED = Pattern.compile("part-[0-9]{5,9}(-.*)?[.][a-z]+");

  private FolderMarker() {}

  /** Marks a folder as published with all that is in it now. */
  static void write(Path folder, String run) throws IOException {
    List<String> lines = new ArrayList<>(List.of("published by run " + run, VERSION));
    Folders.list(folder).stream()
        .map(FolderMarker::name)
        .sorted()
        .forEach(n -> lines.add(FILE + n));
    lines.add("digest " + digest(lines));
    Files.write(folder.resolve(NAME), lines, UTF_8);
  }

  /** The first by name in a marked folder that others have put there; empty if there is none. */
  static String foreign(Path folder) throws IOException {
    Set<String> ours = read(folder.resolve(NAME));
    return Folders.listIfThere(folder).stream()
        .filter(entry -> !isOurs(entry, ours))
        .map(FolderMarker::name)
        .sorted()
        .findFirst()
        .orElse("");
  }

  private static boolean isOurs(Path entry, @Nullable Set<String> ours) {
    String name = name(entry);
    return isFile(entry)
        && (name.equals(NAME)
            || (ours == null ? PUBLISHED.matcher(name).matches() : ours.contains(name)));
  }

  /** The names of the files that were published; null if nobody can say. */
  private static @Nullable Set<String> read(Path marker) {
    if (!isFile(marker)) {
      return null;
    }
    try {
      List<String> lines = Files.readAllLines(marker, UTF_8);
      int last = lines.size() - 1;
      if (last < 2
          || !lines.get(1).equals(VERSION)
          || !lines.get(last).equals("digest " + digest(lines.subList(0, last)))) {
        return null;
      }
      Set<String> names = new HashSet<>();
      lines.subList(2, last).forEach(line -> names.add(line.replaceFirst(FILE, "")));
      return names;
    } catch (IOException e) {
      return null;
    }
  }

  private static Fingerprint digest(List<String> lines) {
    return Hasher.of("reprise/published-folder").putString(String.join("\n", lines)).finish();
  }

  private static boolean isFile(Path entry) {
    return Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS);
  }

  private static String name(Path entry) {
    return String.valueOf(entry.getFileName());
  }
}

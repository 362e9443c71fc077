package dev.reprise.cache.code;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;

/** Reads packages of libraries, each once. Of a class it reads the bytes and the constant pool. */
final class LibraryFiles {
  private static final int CLASS = 7;
  private static final int METHOD = 10;

  private final ClassSource source;
  private final Map<Place, PackageContent> read = new HashMap<>();

  /** A package in a root, or one class of it where the root cannot be listed. */
  private record Place(CodeRoot root, String name) {}

  LibraryFiles(ClassSource source) {
    this.source = source;
  }

  /** What lies beside a class in its package; null if the class is not there. */
  @Nullable PackageContent around(String className) throws IOException {
    CodeRoot root = source.rootOf(Names.classFile(className));
    if (root == null) {
      return null;
    }
    String folder = Names.folder(className);
    List<String> listed = root.classesIn(folder);
    Place place = new Place(root, listed == null ? className : folder);
    PackageContent known = read.get(place);
    if (known == null) {
      known = read(root, listed == null ? List.of(className) : listed);
      read.put(place, known);
    }
    return known;
  }

  private PackageContent read(CodeRoot root, List<String> classes) throws IOException {
    SortedMap<String, Fingerprint> digests = new TreeMap<>();
    References references = new References();
    for (String each : classes) {
      if (root != source.rootOf(Names.classFile(each))) {
        references.names.add(each); // hidden by one of the same name, which is what runs
        continue;
      }
      byte[] bytes = root.read(Names.classFile(each));
      if (bytes != null) {
        digests.put(each, Fingerprint.of(Hasher.sha256().digest(bytes)));
        ClassFiles.read(bytes, each, references::add);
      }
    }
    references.names.removeAll(digests.keySet());
    return new PackageContent(digests, references.names, references.loadsNative);
  }

  /** What the constant pools of a package say. */
  private static final class References {
    private final Set<String> names = new HashSet<>();
    private boolean loadsNative;

    void add(ClassReader reader) {
      char[] buffer = new char[reader.getMaxStringLength()];
      for (int i = 1; i < reader.getItemCount(); i++) {
        int at = reader.getItem(i);
        int tag = at == 0 ? 0 : reader.readByte(at - 1);
        if (tag == CLASS) {
          String name = Names.element(reader.readUTF8(at, buffer));
          if (!name.isEmpty()) {
            names.add(name);
          }
        } else if (tag == METHOD) {
          String name = reader.readUTF8(reader.getItem(reader.readUnsignedShort(at + 2)), buffer);
          loadsNative |=
              name.startsWith("load")
                  && Blind.of(new Member(reader.readClass(at, buffer), name, "")) == Blind.NATIVE;
        }
      }
    }
  }
}

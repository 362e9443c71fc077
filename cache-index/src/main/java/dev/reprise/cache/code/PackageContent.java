package dev.reprise.cache.code;

import dev.reprise.cache.fingerprint.Fingerprint;
import java.util.Set;
import java.util.SortedMap;

/**
 * The classes of one package that are loaded from one folder or jar.
 *
 * @param classes digest of the bytes of each class, by internal name
 * @param references internal names of classes that they name, none of {@code classes}
 * @param loadsNative whether one of them loads machine code
 */
record PackageContent(
    SortedMap<String, Fingerprint> classes, Set<String> references, boolean loadsNative) {}

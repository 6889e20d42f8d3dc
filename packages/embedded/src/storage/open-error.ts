/** The engine could not be opened: the directory is in use, not writable, or its file is of another kind. */
export class StorageOpenError extends Error {
  override readonly name = 'StorageOpenError'
}

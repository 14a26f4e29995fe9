// Hands a text or bytes that are in the page to the person as a file. Nothing is asked of the service.
export function download(file: { name: string; type: string; content: BlobPart }): void {
  const url = URL.createObjectURL(new Blob([file.content], { type: file.type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = file.name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

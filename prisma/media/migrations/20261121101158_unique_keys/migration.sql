-- CreateIndex
CREATE UNIQUE INDEX "picture_source_key_key" ON "picture"("source_key");

-- CreateIndex
CREATE UNIQUE INDEX "rendition_key_key" ON "rendition"("key");
